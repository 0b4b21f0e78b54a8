import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CompanionSocket, listenForCompanions } from './companion-socket.ts';

const NOBODY = 65_534;
let directory: string;
let app: FastifyInstance;
let opened: CompanionSocket[];
const path = () => join(directory, 'server.sock');

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rootward-srv-'));
  app = Fastify({ forceCloseConnections: 'idle' });
  app.get('/word', async () => 'the word');
  app.get('/slow', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return 'at last';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  opened = [];
});
afterEach(async () => {
  for (const socket of opened) await socket.close();
  await app.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(): Promise<CompanionSocket> {
  const socket = await listenForCompanions(app, directory);
  opened.push(socket);
  return socket;
}

function get(url: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath: path(), path: url, agent: agent ?? false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += String(chunk);
      });
      answer.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end();
  });
}

it('serves the routes of the application on a socket that only its owner may use', async () => {
  const socket = await open();
  expect(socket).toMatchObject({ url: `unix://${path()}`, directory });
  expect(lstatSync(path())).toMatchObject({ uid: process.getuid?.() });
  expect(lstatSync(path()).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['server.sock']);
  expect(await get('/word')).toBe('the word');
  await socket.close();
  await expect(get('/word')).rejects.toThrow(/ECONNREFUSED/);
});

it.skipIf(process.getuid?.() !== 0)('no other user can connect, by the directory and by the socket itself', async () => {
  await open();
  const program = `require('net').connect(${JSON.stringify(path())}).on('connect', () => { console.log('in'); process.exit(); }).on('error', (e) => console.log(e.code))`;
  const attempt = () =>
    spawnSync(process.execPath, ['-e', program], { uid: NOBODY, gid: NOBODY, encoding: 'utf8' }).stdout.trim();
  expect(attempt()).toBe('EACCES');
  chmodSync(directory, 0o755);
  expect(attempt()).toBe('EACCES');
});

it('takes the place of a dead socket, never of one that answers', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  expect(await get('/word')).toBe('the word');
  await first.close();
  expect(readdirSync(directory)).toEqual(['server.sock']);
  await open();
  expect(await get('/word')).toBe('the word');
});

it('refuses a path that does not fit into the address of a socket', async () => {
  await expect(listenForCompanions(app, join(directory, 'x'.repeat(80)))).rejects.toMatchObject({ code: 'CONFIG' });
});

it('finishes what is under way when it closes, and keeps no connection that was idle', async () => {
  const socket = await open();
  const agent = new Agent({ keepAlive: true });
  await get('/word', agent);
  const slow = get('/slow', agent);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const began = performance.now();
  await socket.close();
  expect(await slow).toBe('at last');
  expect(performance.now() - began).toBeLessThan(2000);
  agent.destroy();
});

it('a listener that is no server of ours, but answers, stays', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(path(), resolve));
  try {
    await expect(open()).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});
