/** An owner who has lost password and API keys: the way back on the machine of the server, between two starts of it. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditRecords } from '../process/read-audit.ts';
import { PROGRAM, runCli } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { runInTerminal } from '../process/terminal.ts';

const PASSWORD = 'correct horse battery';
const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];

let root: string;
let dataDir: string;
let server: ReadyProcess<{ readonly url: string }>;
const place = (name: string) => join(root, name);

const up = () => spawnReady<{ url: string }>(PROGRAM, ['up', '--json', ...FREE, '--data-dir', dataDir], { patienceMs: 60_000 });
const env = () => ({ HOME: place('home'), ROOTWARD_URL: server.said.url, ROOTWARD_DATA_DIR: dataDir });
const rw = (...words: string[]) => runCli(words, env(), root);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rootward-recover-'));
  dataDir = place('data');
  server = await up();
  writeFileSync(place('password'), PASSWORD);
  writeFileSync(place('new-password'), `${PASSWORD} staple`);
  const set = await rw('account', 'password', 'set', '--password-file', place('password'), '--api-key-file', firstKey());
  expect(set.status, set.err).toBe(0);
  const login = await rw('login', '-u', 'owner@rootward.local', '--password-file', place('password'));
  expect(login.status, login.err).toBe(0);
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(root, { recursive: true });
});

const firstKey = () => `${dataDir}.first-api-key`;

test('an owner who has lost everything is let in again, whoever had his password is not, and it is on record', async () => {
  const file = place('recovered');
  const whileUp = await rw('account', 'recover', '--file', file);
  expect([whileUp.status, whileUp.err]).toEqual([4, expect.stringContaining('DATA_DIR_IN_USE')]);
  await server.end('SIGTERM');

  const piped = await rw('account', 'recover');
  expect([piped.status, piped.err]).toEqual([1, expect.stringContaining('on a terminal only')]);
  const taken = await rw('account', 'recover', '--file', place('password'));
  expect([taken.status, taken.err]).toEqual([1, expect.stringContaining('nothing was changed: it is there already')]);
  expect(readFileSync(place('password'), 'utf8')).toBe(PASSWORD);

  const recovered = await rw('account', 'recover', '--reset-password', '--revoke-keys', '--file', file);
  expect(recovered.status, recovered.err).toBe(0);
  const secret = readFileSync(file, 'utf8').trim();
  expect(recovered.out + recovered.err).not.toContain(secret);
  expect(recovered.err).toContain(`password set --api-key-file ${file}`);
  expect(recovered.err).toMatch(/^Deleted:\n {2}\S+ {2}[\d-]{10} {2}\S/m);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  server = await up();
  const byOldLogin = await rw('account', 'list');
  expect(byOldLogin.status, byOldLogin.err).not.toBe(0);
  const byOldPassword = await rw('login', '-u', 'owner@rootward.local', '--password-file', place('password'));
  expect(byOldPassword.status).not.toBe(0);
  const byOldKey = await rw('login', '--api-key-file', firstKey());
  expect(byOldKey.status).not.toBe(0);
  const set = await rw('account', 'password', 'set', '--password-file', place('new-password'), '--api-key-file', file);
  expect(set.status, set.err).toBe(0);
  expect((await rw('login', '-u', 'owner@rootward.local', '--password-file', place('new-password'))).status).toBe(0);
  expect((await rw('account', 'users')).status).toBe(0);

  const records = [...auditRecords(dataDir)].filter(({ action }) => action === 'iam-identity.account-access.reset');
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ severity: 'critical', target: { name: 'owner@rootward.local' } });
  expect(JSON.stringify(records)).not.toContain(secret);
  expect((await rw('audit', 'verify')).status).toBe(0);
});

test('a terminal shows the key once, and it logs in', async () => {
  await server.end('SIGTERM');
  const shown = await runInTerminal(['account', 'recover'], [], { env: env(), cwd: root });
  expect(shown.status, shown.screen).toBe(0);
  server = await up();
  const [, key = ''] = /\n([\w-]{40,})\nIt is not shown again\./.exec(shown.screen) ?? [];
  writeFileSync(place('shown'), key);
  const login = await rw('login', '--api-key-file', place('shown'));
  expect(login.status, login.err).toBe(0);
});
