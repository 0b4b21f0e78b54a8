import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectServer, type ServerConnection } from './server-connection.ts';

let root: string;
let directory: string;
let server: Server;
let received: string[];
let connections: ServerConnection[];

const socket = (): string => join(directory, 'server.sock');
const connect = (url = `unix://${socket()}`): ServerConnection => {
  const connection = connectServer(url, undefined);
  connections.push(connection);
  return connection;
};
const ask = (connection: ServerConnection) =>
  connection.post({ path: '/identity/token', headers: {}, body: 'apikey=secret', timeoutMs: 2000 });
const listen = (where: string | number): Promise<void> => new Promise((resolve) => server.listen(where, resolve));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-connection-'));
  directory = join(root, 'srv');
  mkdirSync(directory, { mode: 0o700 });
  [received, connections] = [[], []];
  server = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push(`${request.url} ${body}`);
      reply.setHeader('rootward-server-id', 's1').setHeader('connection', 'close').end('{"ok":true}');
    });
  });
  server.on('connection', () => received.push('connection'));
});

afterEach(async () => {
  for (const connection of connections) await connection.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

test('a server on a socket in a private directory is asked and answers', async () => {
  await listen(socket());
  expect(await ask(connect())).toEqual({ status: 200, serverId: 's1', body: { ok: true } });
  expect(received).toEqual(['connection', '/identity/token apikey=secret']);
});

test('nothing is sent, and no connection made, where somebody else may be listening', async () => {
  await listen(socket());
  const connection = connect();
  chmodSync(directory, 0o755);
  await expect(ask(connection)).rejects.toMatchObject({ kind: 'wrong-server', message: expect.stringMatching(/open to other/) });
  chmodSync(directory, 0o700);
  renameSync(directory, join(root, 'moved'));
  symlinkSync(join(root, 'moved'), directory);
  await expect(ask(connection)).rejects.toMatchObject({ kind: 'wrong-server' });
  expect(received).toEqual([]);
});

test('the directory is looked at again before each connection, not only before the first', async () => {
  await listen(socket());
  const connection = connect();
  await ask(connection);
  chmodSync(directory, 0o777);
  await expect(ask(connection)).rejects.toMatchObject({ kind: 'wrong-server' });
  chmodSync(directory, 0o700);
  expect(await ask(connection)).toMatchObject({ status: 200 });
});

test('a socket or directory that is not there is a server that cannot be reached', async () => {
  await expect(ask(connect())).rejects.toMatchObject({ kind: 'network' });
  rmSync(directory, { recursive: true });
  await expect(ask(connect())).rejects.toMatchObject({ kind: 'network' });
});

test('plain HTTP is for loopback only', async () => {
  expect(() => connectServer('http://kms.example', undefined)).toThrow(/https, a unix socket, or http on loopback/);
  expect(() => connectServer('ftp://localhost', undefined)).toThrow(/https/);
  await listen(0);
  expect(await ask(connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))).toMatchObject({ status: 200 });
});
