import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RootwardError } from '../contract/errors.ts';
import { defineOperation } from '../contract/operation.ts';
import { handle } from './handler.ts';
import { createHttp } from './http.ts';
import { createLog } from './log.ts';
import { createMetrics } from './operate/metrics.ts';
import { createPipeline } from './pipeline.ts';
import { startTestServer, type TestServer } from './testkit/test-server.ts';

const Text = Type.Object({ text: Type.String() });

/** An operation of the Kubernetes service that gives back what it was sent, or fails as it is told. */
const echo = defineOperation({
  name: 'echo.send',
  api: 'containers',
  http: { method: 'POST', path: '/v2/echo', success: 200 },
  action: 'public',
  mutates: false,
  input: { body: Type.Optional(Text) },
  output: Text,
  sensitive: [],
  errors: ['TOO_EARLY'],
  summary: 'Give back a text',
});

let server: TestServer;
let http: FastifyInstance;
const logged: string[] = [];

beforeAll(async () => {
  server = await startTestServer({
    more: () => [
      handle(echo, {
        resolve: () => ({ target: { serviceName: 'containers-kubernetes', accountId: '' }, record: undefined }),
        run(call) {
          const text = call.input.body?.text ?? 'nothing';
          if (text === 'fail') throw new TypeError('the inner secret');
          if (text === 'later') throw new RootwardError('TOO_EARLY', { retryAfterSeconds: 7 });
          // Only in the listener under test is nobody watching for what the schema does not name.
          return { output: text === 'chatty' ? ({ text, secret: 'undocumented' } as { text: string }) : { text } };
        },
      }),
    ],
  });
  const log = createLog({ level: 'error', destination: { write: (line) => void logged.push(line) } });
  const { store, auditor, decide, authenticate, clock } = server;
  const deps = { store, auditor, decide, authenticate, metrics: createMetrics(), now: clock.now, newId: () => randomUUID() };
  const unchecked = createPipeline([...server.pipeline.handlers.values()], deps);
  http = createHttp({ pipeline: unchecked, serverId: 'server-1', newId: () => randomUUID(), log });
});
afterAll(async () => {
  await http.close();
  await server[Symbol.asyncDispose]();
});

const send = (payload: string | undefined, headers: Record<string, string> = {}, url = '/v2/echo') =>
  http.inject({ method: 'POST', url, headers, ...(payload !== undefined && { payload }) });

describe('the listener', () => {
  it.each([
    ['no body', undefined, {}],
    ['an empty body that calls itself JSON', '', { 'content-type': 'application/json' }],
    ['null', 'null', { 'content-type': 'application/json' }],
    ['null without a type', 'null', {}],
  ])('takes %s as nothing', async (_name, payload, headers) => {
    const reply = await send(payload, headers as Record<string, string>);
    expect([reply.statusCode, reply.json()]).toEqual([200, { text: 'nothing' }]);
  });

  it.each([{}, { 'content-type': 'application/vnd.ibm.kms.key+json' }, { 'content-type': 'application/json; charset=utf-8' }])(
    'reads JSON under %j',
    async (headers) => {
      expect((await send('{"text":"ä"}', headers as Record<string, string>)).json()).toEqual({ text: 'ä' });
    },
  );

  it('serves the Kubernetes service under /global too, where published clients look for it', async () => {
    expect((await send('{"text":"x"}', {}, '/global/v2/echo')).json()).toEqual({ text: 'x' });
  });

  it('answers by the schema of the output: what is not in it does not leave', async () => {
    expect((await send('{"text":"chatty"}')).body).toBe('{"text":"chatty"}');
  });

  it.each(['correlation-id', 'x-correlation-id', 'transaction-id'])('echoes the correlation id of %s', async (name) => {
    expect((await send('{}', { [name]: 'abc-1' })).headers['correlation-id']).toBe('abc-1');
  });

  it('makes a correlation id where the given one could break a log line', async () => {
    for (const id of ['', 'a b', 'x'.repeat(129), '{"a":1}'])
      expect((await send('{"text":"x"}', { 'correlation-id': id })).headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names itself and forbids storing on every reply, of success and of failure', async () => {
    const replies = [
      await send('{"text":"x"}'),
      await send('{'),
      await send('{"text":"fail"}'),
      await send('{}', {}, '/nowhere'),
    ];
    for (const { headers } of replies)
      expect(headers).toMatchObject({ 'rootward-server-id': 'server-1', 'cache-control': 'no-store' });
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 400, 500, 404]);
  });

  it('tells a caller nothing of an inner failure but its incident, under which the log has the cause', async () => {
    logged.length = 0;
    const reply = await send('{"text":"fail"}', { 'correlation-id': 'incident-1' });
    expect(reply.json()).toMatchObject({ code: 'INTERNAL', incidentID: 'incident-1' });
    expect(reply.body).not.toContain('inner secret');
    expect(logged.join('')).toMatch(/incident-1.*the inner secret/s);
  });

  it('says when to come back', async () => {
    expect((await send('{"text":"later"}')).headers['retry-after']).toBe('7');
  });
});
