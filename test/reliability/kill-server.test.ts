import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { type Answer, type Api, addInstance, logIn, newKey } from '../process/api.ts';
import { isPostgresMissing } from '../process/find-postgres.ts';
import { sharedPostgres } from '../process/postgres.ts';
import { auditRecords, examineAudit } from '../process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';

const KILLS = Number(process.env.ROOTWARD_TEST_KILLS ?? 25);
const WORKERS = 6;
const CHECKED_AT_ONCE = 16;
const NO_WAITS = { ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '0', ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '0' };

const root = mkdtempSync(join(tmpdir(), 'rootward-kill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What one worker was told about its key. Only what was under way when the server died may have happened or not. */
interface KnownKey {
  readonly id: string;
  state: number;
  versions: number;
  readonly wrapped: { readonly ciphertext: string; readonly plaintext: string }[];
  underWay: Action | undefined;
}
type Action = 'wrap' | 'rotate' | 'disable' | 'enable';

interface Ledger {
  readonly keys: KnownKey[];
  /** Correlation ids of every request that was answered with success. */
  readonly acknowledged: string[];
}

/** Sends until the server is gone. Every answer is written down; a request without an answer is remembered as under way. */
async function work(api: Api, instance: string, ledger: Ledger): Promise<void> {
  const send = async (path: string, body?: unknown): Promise<Answer> => {
    const correlationId = randomUUID();
    const answer = await api.send('POST', path, body, { 'bluemix-instance': instance, 'correlation-id': correlationId });
    // A withheld result is no acknowledgement: a slow disk has ended this worker as a kill would.
    if (answer.status === 503) throw new TypeError('withheld');
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    ledger.acknowledged.push(correlationId);
    return answer;
  };
  try {
    for (;;) {
      const made = await send('/api/v2/keys', newKey({}));
      const key: KnownKey = { id: made.body.resources[0]?.id ?? '', state: 1, versions: 1, wrapped: [], underWay: undefined };
      ledger.keys.push(key);
      for (let turn = 0; turn < 12; turn += 1) await act(key, send);
    }
  } catch (error) {
    // A connection that broke is the kill; anything else is a failure of the test.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function act(key: KnownKey, send: (path: string, body?: unknown) => Promise<Answer>): Promise<void> {
  const possible: Action[] = key.state === 2 ? ['enable'] : ['wrap', 'wrap', 'wrap', 'rotate', 'disable'];
  const action = possible[randomInt(possible.length)] ?? 'wrap';
  const plaintext = randomBytes(32).toString('base64');
  key.underWay = action;
  const answer = await send(`/api/v2/keys/${key.id}/actions/${action}`, action === 'wrap' ? { plaintext } : undefined);
  key.underWay = undefined;
  if (action === 'wrap') key.wrapped.push({ ciphertext: answer.body.ciphertext, plaintext });
  if (action === 'rotate') key.versions += 1;
  if (action === 'disable') key.state = 2;
  if (action === 'enable') key.state = 1;
}

const TITLE = 'kill -9 under load loses no acknowledged write, no ciphertext and no audit record';

it(TITLE, () => killAgainAndAgain(join(root, 'sqlite')));

it.skipIf(isPostgresMissing())(`${TITLE}, on PostgreSQL (needs it here: apt-get install postgresql)`, async () => {
  const { url, drop } = await (await sharedPostgres()).createDatabase('empty');
  await killAgainAndAgain(join(root, 'postgres'), url);
  await drop();
});

async function killAgainAndAgain(dataDir: string, url?: string): Promise<void> {
  const env = url === undefined ? {} : { ROOTWARD_STORE_URL: url };
  const ledger: Ledger = { keys: [], acknowledged: [] };
  let instance: string | undefined;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const server = await startServerProcess(dataDir, { env: { ...NO_WAITS, ...env } });
    const api = await logIn(server.said.url, server.said.apiKey);
    instance ??= await addInstance(api, server.said.resourceGroupId);
    const before = ledger.acknowledged.length;
    const workers = Array.from({ length: WORKERS }, () => work(api, instance ?? '', ledger));
    await acknowledgedMore(ledger, before + randomInt(1, 400));
    await server.end('SIGKILL');
    await Promise.all(workers);
  }

  expect(ledger.acknowledged.length, 'requests were answered before the kills').toBeGreaterThan(KILLS * WORKERS);

  // One more start, and a kill at once: what was waiting for the chain must have come into it during the start.
  await (await startServerProcess(dataDir, { env })).end('SIGKILL');
  expect((await examineAudit(dataDir, url)).waiting).toBe(0);

  const server = await startServerProcess(dataDir, { env: { ...NO_WAITS, ...env } });
  try {
    await expectKeys(server, instance ?? '', ledger);
  } finally {
    expect(await server.end('SIGTERM')).toBe(0);
  }

  const { report, waiting } = await examineAudit(dataDir, url);
  expect([report.ok, waiting, report.chains.flatMap((chain) => chain.problems)]).toEqual([true, 0, []]);
  const times = new Map<string, number>();
  for (const { correlationId } of auditRecords(dataDir)) times.set(correlationId, (times.get(correlationId) ?? 0) + 1);
  expect(ledger.acknowledged.filter((id) => times.get(id) !== 1)).toEqual([]);
}

/** Waits until so many requests were answered, or for a while on a machine that is too busy for so many. */
async function acknowledgedMore(ledger: Ledger, wanted: number): Promise<void> {
  for (let wait = 0; wait < 200 && ledger.acknowledged.length < wanted; wait += 1) await sleep(10);
}

async function expectKeys(server: ServerProcess, instance: string, ledger: Ledger): Promise<void> {
  const api = await logIn(server.said.url, server.said.apiKey);
  const left = [...ledger.keys];
  const check = async (): Promise<void> => {
    for (let key = left.pop(); key; key = left.pop()) await expectKey(api, instance, key);
  };
  await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, check));
}

async function expectKey(api: Api, instance: string, key: KnownKey): Promise<void> {
  const headers = { 'bluemix-instance': instance };
  const path = `/api/v2/keys/${key.id}`;
  const [shown] = (await api.send('GET', `${path}/metadata`, undefined, headers)).body.resources;
  const mayBe = key.underWay === 'disable' ? [1, 2] : key.underWay === 'enable' ? [2, 1] : [key.state];
  expect(mayBe, `state of ${key.id}`).toContain(shown?.state);
  const versions = (await api.send('GET', `${path}/versions?allKeyStates=true`, undefined, headers)).body.metadata
    .collectionTotal;
  const counts = key.underWay === 'rotate' ? [key.versions, key.versions + 1] : [key.versions];
  expect(counts, `versions of ${key.id}`).toContain(versions);
  if (shown?.state === 2) expect((await api.send('POST', `${path}/actions/enable`, undefined, headers)).status).toBe(204);
  for (const { ciphertext, plaintext } of key.wrapped) {
    const unwrapped = await api.send('POST', `${path}/actions/unwrap`, { ciphertext }, headers);
    expect(unwrapped.body.plaintext).toBe(plaintext);
  }
}
