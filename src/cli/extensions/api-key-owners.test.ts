import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../run.ts';
import { captureIo } from '../testkit/captured-io.ts';
import { type EchoServer, startEchoServer } from '../testkit/echo-server.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rootward-api-key-cli-'));
const owner = { id: 'IBMid-1', name: 'Alice', email: 'alice@example.com' };
let answer: object;
let server: EchoServer;

beforeAll(async () => {
  server = await startEchoServer(({ method }) => ({ status: method === 'POST' ? 201 : 200, body: answer }));
});
afterAll(() => {
  server.close();
  rmSync(cwd, { recursive: true });
});
beforeEach(() => {
  answer = owner;
  server.seen.length = 0;
});

async function run(...words: readonly string[]) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k' }, cwd });
  const status = await runCli(['ks', 'api-key', ...words], io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('ks api-key', () => {
  test('info prints the name and e-mail address of the owner, and why he does not count where that is so', async () => {
    const { status, out } = await run('info', '-c', 'payments');
    expect(status).toBe(0);
    expect(out).toMatch(/Alice/);
    expect(out).toMatch(/alice@example\.com/);
    expect(out).not.toMatch(/Problem/);
    expect(server.seen).toMatchObject([{ method: 'GET', url: '/v1/logging/payments/clusterkeyowner' }]);
    answer = { ...owner, problem: 'the API key was deleted' };
    expect((await run('info', '-c', 'payments')).out).toMatch(/Problem.*the API key was deleted/);
    expect(JSON.parse((await run('info', '-c', 'payments', '--output', 'json')).out)).toEqual(answer);
  });

  test('reset names region and group in the headers that clients use, and prints the new owner', async () => {
    expect(await run('reset', '--region', 'us-south', '-f')).toMatchObject({ status: 0, out: expect.stringContaining('Alice') });
    const json = await run('reset', '--region', 'us-south', '-g', 'abc', '--force', '--output', 'json');
    expect(JSON.parse(json.out)).toEqual(owner);
    const [first, second] = server.seen;
    expect(first).toMatchObject({ method: 'POST', url: '/v1/keys', headers: { 'x-region': 'us-south' } });
    expect(first?.headers).not.toHaveProperty('x-auth-resource-group');
    expect(second?.headers).toMatchObject({ 'x-region': 'us-south', 'x-auth-resource-group': 'abc' });
  });

  test('reset asks for --force and for the region before it sends anything', async () => {
    const unforced = await run('reset', '--region', 'us-south');
    expect(unforced).toMatchObject({ status: 1, err: expect.stringContaining('--force') });
    expect(await run('reset', '--force')).toMatchObject({ status: 1, err: expect.stringContaining('--region') });
    expect(server.seen).toEqual([]);
  });
});
