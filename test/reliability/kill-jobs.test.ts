import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { until } from '../e2e/until.ts';
import { addInstance, addRootKey, logIn } from '../process/api.ts';
import { keyRowsOf } from '../process/key-rows-of.ts';
import { auditRecords, examineAudit } from '../process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';
import { type Failpoints, makeFailpoints } from './kill-places.ts';

const KEYS = 20;
const BATCH = 4;
const KILLS = 3;
const DAY = 86_400_000;

const places: string[] = [];
afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
});

interface Drill {
  readonly dataDir: string;
  readonly failpoints: Failpoints;
  readonly instance: string;
  readonly keys: readonly string[];
  /** What each key has wrapped. */
  readonly wrapped: ReadonlyMap<string, string>;
  start(): Promise<ServerProcess>;
}

/** A stopped server with keys, each with a ciphertext, and with a scheduler that is quick and works in small batches. */
async function drill(): Promise<Drill> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rootward-kill-jobs-'));
  const failpoints = makeFailpoints();
  places.push(dataDir, failpoints.directory);
  const env = {
    ROOTWARD_JOBS_BATCH_SIZE: String(BATCH),
    ROOTWARD_JOBS_INTERVAL_SECONDS: '1',
    ROOTWARD_JOBS_LEASE_SECONDS: '1',
    ROOTWARD_CLOCK_CONFIRM_SECONDS: '0',
    ROOTWARD_FAILPOINTS: failpoints.directory,
  };
  const start = () => startServerProcess(dataDir, { env });
  const server = await start();
  const api = await logIn(server.said.url, server.said.apiKey);
  const instance = await addInstance(api, server.said.resourceGroupId);
  const wrapped = new Map<string, string>();
  for (let n = 0; n < KEYS; n += 1) {
    const id = await addRootKey(api, instance);
    const headers = { 'bluemix-instance': instance };
    const answer = await api.send('POST', `/api/v2/keys/${id}/actions/wrap`, { plaintext: 'AAAA' }, headers);
    wrapped.set(id, answer.body.ciphertext);
  }
  expect(await server.end('SIGTERM')).toBe(0);
  return { dataDir, failpoints, instance, keys: [...wrapped.keys()], wrapped, start };
}

/** Lets the server die after a batch of the job, several times, and then do the rest. */
async function killBetweenBatches(
  { dataDir, failpoints, start }: Drill,
  job: string,
  isDone: (store: Store) => Promise<boolean>,
) {
  for (let kill = 0; kill < KILLS; kill += 1) {
    failpoints.arm([`job-${job}`]);
    // It may die before it has said that it is ready.
    const started = await start().catch(() => undefined);
    if (started?.child.exitCode === null && started.child.signalCode === null) await once(started.child, 'exit');
    await failpoints.hit(`job-${job}`);
    await look(dataDir, async (store) => expect(await isDone(store)).toBe(false));
  }
  const server = await start();
  // Whoever died had a lease of a second.
  await until(`${job} is done`, () => jobIsIdle(server, job), { timeoutMs: 30_000, intervalMs: 200 });
  expect(await server.end('SIGTERM')).toBe(0);
  await look(dataDir, async (store) => expect(await isDone(store)).toBe(true));
  const { report, waiting } = await examineAudit(dataDir);
  expect([report.ok, waiting]).toEqual([true, 0]);
}

async function jobIsIdle(server: ServerProcess, job: string): Promise<boolean> {
  const text = await (await fetch(`${server.said.managementUrl}/metrics`)).text();
  return text.includes(`rootward_job_due{job="${job}"} 0`);
}

async function look(dataDir: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore({ file: join(dataDir, 'rootward.db') });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** How often the audit log tells of it for each key. */
function recorded(dataDir: string, action: string, keys: readonly string[]): number[] {
  const times = new Map<string, number>();
  for (const record of auditRecords(dataDir)) {
    const id = String(record.responseData.keyId);
    if (record.action === action) times.set(id, (times.get(id) ?? 0) + 1);
  }
  return keys.map((id) => times.get(id) ?? 0);
}

it('kill -9 between batches of rotations: every key is rotated once, recorded once, and unwraps what it has wrapped', async () => {
  const at = await drill();
  await look(at.dataDir, async (store) => {
    const keys = await store.db.selectFrom('keys').select(['id', 'instance_id', 'account_id']).execute();
    await store.change(['keys'], async (tx) => {
      for (const { id, instance_id, account_id } of keys) {
        const made = { created_at: 0, created_by: 'test', updated_at: 0, updated_by: 'test' };
        const policy = { id: randomUUID(), type: 'rotation', enabled: 1, interval_month: 1, next_rotation_at: 1 } as const;
        await tx
          .insertInto('key_policies')
          .values({ key_id: id, instance_id, account_id, ...policy, ...made })
          .execute();
      }
    });
  });
  const versions = async (store: Store): Promise<number[]> => {
    const rows = await store.db.selectFrom('key_versions').select('key_id').execute();
    return at.keys.map((id) => rows.filter(({ key_id }) => key_id === id).length);
  };
  await killBetweenBatches(at, 'rotate', async (store) => (await versions(store)).every((count) => count === 2));
  expect(recorded(at.dataDir, 'kms.secrets.rotate', at.keys)).toEqual(at.keys.map(() => 1));
  const server = await at.start();
  const api = await logIn(server.said.url, server.said.apiKey);
  const headers = { 'bluemix-instance': at.instance };
  for (const [id, ciphertext] of at.wrapped)
    expect((await api.send('POST', `/api/v2/keys/${id}/actions/unwrap`, { ciphertext }, headers)).body.plaintext).toBe('AAAA');
  expect(await server.end('SIGTERM')).toBe(0);
});

it('kill -9 between batches of purges: every key is purged once and recorded once, and no row of it is left', async () => {
  const at = await drill();
  await look(at.dataDir, async (store) => {
    const deleted_at = Date.now() - 91 * DAY;
    const keyRows = await keyRowsOf(store, at.dataDir);
    await store.change(['keys'], async (tx) => {
      for (const id of at.keys) {
        const key = await keyRows.find(tx, at.instance, id);
        if (key) await keyRows.change(tx, key, { state: 5, deleted_at, deleted_by: 'test' });
      }
    });
  });
  const rows = async (store: Store): Promise<number> => {
    const keys = await store.db.selectFrom('keys').select('id').execute();
    return keys.length + (await store.db.selectFrom('key_versions').select('id').execute()).length;
  };
  await killBetweenBatches(at, 'purge', async (store) => (await rows(store)) === 0);
  expect(recorded(at.dataDir, 'kms.secrets.purge', at.keys)).toEqual(at.keys.map(() => 1));
});

it('kill -9 between batches of reclamations: every deleted instance is removed once and recorded once, and no row of it is left', async () => {
  const at = await drill();
  const guids = Array.from({ length: KEYS }, () => randomUUID());
  await look(at.dataDir, async (store) => {
    const row = await store.db.selectFrom('instances').selectAll().where('guid', '=', at.instance).executeTakeFirstOrThrow();
    const { account_id, resource_group_id } = row;
    const made = { created_at: 1, created_by: 'test', updated_at: 1, updated_by: 'test' };
    await store.change(['keys'], async (tx) => {
      for (const guid of guids) {
        await tx
          .insertInto('instances')
          .values({ ...row, guid, state: 'pending_reclamation', reclaim_at: 1 })
          .execute();
        await tx
          .insertInto('key_rings')
          .values({ id: 'ring', instance_id: guid, account_id, created_at: 1, created_by: 'test' })
          .execute();
        await tx
          .insertInto('reclamations')
          .values({
            id: randomUUID(),
            instance_guid: guid,
            account_id,
            resource_group_id,
            state: 'SCHEDULED',
            target_at: 1,
            ...made,
          })
          .execute();
      }
    });
  });
  const left = async (store: Store): Promise<number> => {
    const rings = await store.db.selectFrom('key_rings').select('id').execute();
    const waiting = await store.db.selectFrom('reclamations').select('id').where('state', '=', 'SCHEDULED').execute();
    const sealed = await store.db.selectFrom('instances').select('sealed_key').where('state', '!=', 'active').execute();
    return rings.length + waiting.length + sealed.filter(({ sealed_key }) => sealed_key.length > 0).length;
  };
  await killBetweenBatches(at, 'reclaim', async (store) => (await left(store)) === 0);
  const reclaimed = [...auditRecords(at.dataDir)].filter(({ action }) => action === 'kms.instance.reclaim');
  expect(reclaimed.map(({ responseData }) => String(responseData.instanceID)).sort()).toEqual([...guids].sort());
  // The instance that nobody has deleted is as it was.
  await look(at.dataDir, async (store) => {
    const row = await store.db.selectFrom('instances').selectAll().where('guid', '=', at.instance).executeTakeFirstOrThrow();
    expect([row.state, row.sealed_key.length > 0]).toEqual(['active', true]);
    expect(await store.db.selectFrom('key_versions').select('id').execute()).toHaveLength(KEYS);
  });
}, 120_000);
