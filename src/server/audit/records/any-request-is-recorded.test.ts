import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { createToken } from '../../../contract/tokens/create.ts';
import { API_KEY_GRANT } from '../../../contract/tokens/grant.ts';
import { listOutbox } from '../../../store/audit.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { lineOf } from '../chain/record-line.ts';
import { sampleEvent, sampleRecord } from '../sample-audit.ts';
import { buildRecord } from './build-record.ts';

/** What a header of the largest size can hold: each of these is two bytes of JSON, each control character six. */
const QUOTES = '"'.repeat(32 * 1024);

async function send(server: TestServer, operation: { readonly name: string }, token: string | undefined, body: unknown) {
  const handler = server.pipeline.handlers.get(operation.name);
  if (!handler) throw new Error(`no handler ${operation.name}`);
  const host = { address: '192.0.2.7', agent: QUOTES, network: 'public' as const };
  return server.pipeline.serve(handler, { token, correlationId: 'c1', host, params: {}, query: {}, headers: {}, body });
}

describe('whatever a request contains, its record is written', () => {
  it('a refusal cannot be kept out of the log by a long agent', async () => {
    await using server = await startTestServer();
    const body = { grant_type: API_KEY_GRANT, apikey: 'rwk_wrong' };
    await expect(send(server, createToken, undefined, body)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    const record = (await server.auditRecords()).at(-1);
    expect(record).toMatchObject({ action: 'iam-identity.apikey.login', outcome: 'failure' });
    expect(record).toMatchObject({ initiator: { host: { address: '192.0.2.7', agent: '"'.repeat(256) } } });
  });

  it('nor can the record of a change or of a read', async () => {
    await using server = await startTestServer();
    await send(server, createServiceId, server.ownerToken, { name: '\u0001'.repeat(100) });
    await send(server, listServiceIds, server.ownerToken, undefined);
    const actions = (await server.auditRecords()).slice(-2).map(({ action, outcome }) => [action, outcome]);
    expect(actions).toEqual([
      ['iam-identity.serviceid.create', 'success'],
      ['iam-identity.serviceid.list', 'success'],
    ]);
    for (const { id } of await listOutbox(server.store.db)) {
      expect((await server.auditRecords()).map((record) => record.id)).toContain(id);
    }
  });

  it('texts of any kind and length make a line that fits and is one line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('\u0001', '"', '\\', '\n', '\ud800', '€').map((piece) => piece.repeat(40_000)),
    );
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 70 }), (a, b, c, many) => {
        const record = buildRecord({
          ...sampleEvent,
          status: 400,
          reasonForFailure: a,
          initiator: { ...sampleEvent.initiator, id: b, name: c, host: { address: b, agent: a } },
          target: { id: a, name: b, typeURI: 'kms/keys' },
          requestData: { keyId: a, roles: many, allowedIP: many, initialValue: { roles: many, newValue: { roles: many } } },
          responseData: { roles: many, allowedIP: many },
          correlationId: c,
          logSourceCRN: b,
        });
        const line = lineOf(record);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(64 * 1024);
        expect(line.startsWith('{"id":"event-1",')).toBe(true);
        expect(line).not.toMatch(/\n/);
        expect(JSON.parse(line)).toMatchObject({ id: 'event-1', action: record.action });
      }),
      { numRuns: 200 },
    );
  });

  it('data that is too long is left out, and the record says so', () => {
    const roles = Array.from({ length: 64 }, () => 'x'.repeat(1024));
    const long = buildRecord({ ...sampleEvent, requestData: { roles }, responseData: { roles } });
    expect(JSON.parse(lineOf(long))).toEqual({ ...long, requestData: {}, responseData: {}, truncated: true });
    expect(JSON.parse(lineOf(sampleRecord('short')))).not.toHaveProperty('truncated');
  });
});
