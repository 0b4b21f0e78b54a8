import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { logIn } from '../process/api.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';

const PATIENCE_MS = 20_000;

const root = mkdtempSync(join(tmpdir(), 'rootward-login-counts-'));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.end('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

interface Activity {
  readonly authn_count: number;
  readonly last_authn?: string;
}

it('logins are counted over the wire, an end keeps every count, and a kill loses the unwritten at most', async () => {
  const dataDir = join(root, 'data');
  server = await startServerProcess(dataDir);
  const { apiKey } = server.said;
  // Another key for the reading, whose logins count for itself.
  const first = await logIn(server.said.url, apiKey);
  const made = await first.send('POST', '/v1/apikeys', { name: 'reader' });
  const reader = made.body as unknown as { readonly apikey: string };
  const { id } = (await first.send('GET', '/v1/apikeys/details', undefined, { 'iam-apikey': apiKey })).body;
  const read = async (url: string): Promise<Activity> => {
    const answer = await (await logIn(url, reader.apikey)).send('GET', `/v1/apikeys/${id}?include_activity=true`);
    return (answer.body as unknown as { readonly activity: Activity }).activity;
  };

  await logIn(server.said.url, apiKey);
  await expect(logIn(server.said.url, `${apiKey}x`)).rejects.toThrow('400');
  const begun = Date.now();
  let seen = await read(server.said.url);
  for (; seen.authn_count !== 2; seen = await read(server.said.url)) {
    if (Date.now() - begun > PATIENCE_MS) throw new Error(`${seen.authn_count} of 2 logins are counted`);
    await sleep(500);
  }
  expect(Math.abs(Date.parse(seen.last_authn ?? '') - Date.now())).toBeLessThan(120_000);

  await logIn(server.said.url, apiKey);
  expect(await server.end('SIGTERM')).toBe(0);
  server = await startServerProcess(dataDir);
  expect(await read(server.said.url)).toMatchObject({ authn_count: 3 });

  await logIn(server.said.url, apiKey);
  await server.end('SIGKILL');
  server = await startServerProcess(dataDir);
  expect([3, 4]).toContain((await read(server.said.url)).authn_count);
}, 120_000);
