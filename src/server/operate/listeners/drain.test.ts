import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import { startTestServer } from '../../testkit/test-server.ts';
import { drain } from './drain.ts';

async function listening() {
  const server = await startTestServer();
  const state = { draining: false };
  const log = createLog({ level: 'fatal' });
  const isDraining = () => state.draining;
  const http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log, isDraining });
  await http.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    http.server.closeAllConnections();
    await http.close();
    await server[Symbol.asyncDispose]();
  });
  const { port } = http.server.address() as AddressInfo;
  return { server, http, port, state };
}

/** A request of which only a part is sent. */
async function half(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('POST /identity/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  await sleep(50);
  return socket;
}

const drained = (http: FastifyInstance, longestMs: number) => {
  const started = performance.now();
  return drain(http.server, () => http.close(), longestMs).then(() => performance.now() - started);
};

describe('shutting down', () => {
  it('is not held up by a request that never ends', async () => {
    const { http, port } = await listening();
    const socket = await half(port);
    const closed = once(socket, 'close');
    expect(await drained(http, 300)).toBeLessThan(3000);
    await closed;
  });

  it('answers what is under way, and refuses what comes then in the words of the API', async () => {
    const { http, port, server, state } = await listening();
    const socket = await half(port);
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
    });
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /identity/keys HTTP/1.1\r\nhost: x\r\n\r\n');
    const [first] = (await once(idle, 'data')) as [Buffer];
    expect(String(first)).toContain('200 OK');
    state.draining = true;
    const token = server.ownerToken;
    const late = request({ port, host: '127.0.0.1', path: '/api/v2/keys', headers: { authorization: `Bearer ${token}` } });
    late.end();
    const [reply] = (await once(late, 'response')) as [import('node:http').IncomingMessage];
    let body = '';
    for await (const piece of reply) body += String(piece);
    expect([reply.statusCode, reply.headers.connection]).toEqual([503, 'close']);
    expect(body).toContain('shutting down');
    expect(JSON.parse(body)).toHaveProperty('resources');
    const finished = drained(http, 5000);
    socket.write('"grant_type": "none"}'.padEnd(99, ' '));
    expect(await finished).toBeLessThan(4000);
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('BXNIM0109E');
  });
});

it('no request may take for ever to arrive, and no connection stay for ever silent', async () => {
  const { http } = await listening();
  const { requestTimeout, headersTimeout, timeout, keepAliveTimeout, maxRequestsPerSocket } = http.server;
  expect([requestTimeout, headersTimeout]).toEqual([30_000, 10_000]);
  expect(timeout).toBeGreaterThan(30_000);
  expect(keepAliveTimeout).toBeGreaterThan(60_000);
  expect(maxRequestsPerSocket).toBe(0);
});
