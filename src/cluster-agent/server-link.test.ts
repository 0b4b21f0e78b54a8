import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServerLink } from './server-link.ts';

let root: string;
let directory: string;
let server: FastifyInstance;
let link: ServerLink;
let received: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'agent-link-'));
  directory = join(root, 'srv');
  mkdirSync(directory, { mode: 0o700 });
  received = [];
  server = fastify({ forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    received.push(request.url);
    reply.header('rootward-server-id', 's1');
  });
  server.post('/identity/token', async () => ({ access_token: 't', expires_in: 3600 }));
  server.post('/v2/kms/agent/poll', async () => ({ step: null }));
  const path = join(directory, 'server.sock');
  await server.listen({ path });
  link = new ServerLink({ serverUrl: `unix://${path}`, serverId: 's1', readApiKey: () => 'key', now: () => new Date() });
});

afterEach(async () => {
  await link.close();
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

it('logs in and asks over a socket in a private directory', async () => {
  expect(await link.post('/v2/kms/agent/poll', {}, { timeoutMs: 2000 })).toEqual({ status: 200, body: { step: null } });
  expect(received).toEqual(['/identity/token', '/v2/kms/agent/poll']);
});

it('sends nothing where others may have put the socket, and says why', async () => {
  chmodSync(directory, 0o770);
  await expect(link.post('/v2/kms/agent/poll', {}, { timeoutMs: 2000 })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('is open to other users'),
  });
  expect(received).toEqual([]);
});
