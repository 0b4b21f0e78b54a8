import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPostgresMissing } from '../../../test/process/find-postgres.ts';
import { sharedPostgres } from '../../../test/process/postgres.ts';
import { writeMeta } from '../meta.ts';
import { openStore, type Store } from '../store.ts';

const IN_STEP_MS = 2000;

/** Two replicas on one database, and somebody else who may log in to it. */
async function openReplicas() {
  const database = await (await sharedPostgres()).createDatabase('migrated');
  const open = async (): Promise<Store> => {
    const store = await openStore({ file: join(mkdtempSync(join(tmpdir(), 'rootward-replica-')), 'x.db'), url: database.url });
    onTestFinished(() => store.close());
    return store;
  };
  onTestFinished(() => database.drop());
  const stranger = new pg.Client({ connectionString: database.url });
  await stranger.connect();
  onTestFinished(() => stranger.end());
  return { one: await open(), other: await open(), stranger };
}

const changeKeys = (store: Store): Promise<void> => store.change(['keys'], (tx) => writeMeta(tx, 'region', 'changed'));

async function noticed(store: Store, change: () => Promise<unknown>): Promise<boolean> {
  const before = store.generation('keys');
  await change();
  for (let waited = 0; waited < IN_STEP_MS; waited += 20) {
    if (store.generation('keys') !== before) return true;
    await sleep(20);
  }
  return false;
}

describe.skipIf(isPostgresMissing())(
  'a change of another replica (PostgreSQL is needed here: apt-get install postgresql)',
  () => {
    it('is noticed also after somebody has announced counts that no change had', async () => {
      const { one, other, stranger } = await openReplicas();
      await changeKeys(other);
      await stranger.query(`notify rootward_changes, 'keys=9007199254740991 iam=9007199254740991'`);
      await stranger.query(`notify rootward_changes, 'keys=Infinity'`);
      await stranger.query(`notify rootward_changes, 'nonsense'`);
      await sleep(1200);
      expect(await noticed(one, () => changeKeys(other))).toBe(true);
      expect(await noticed(one, () => changeKeys(one))).toBe(true);
    });

    it('is noticed also after the database has lost some of the changes before it, as at a failover', async () => {
      const { one, other, stranger } = await openReplicas();
      for (let change = 0; change < 5; change += 1) await changeKeys(other);
      await sleep(700);
      await stranger.query('update change_sequence set value = value - 3');
      expect(await noticed(one, () => changeKeys(other))).toBe(true);
      expect(await noticed(one, () => changeKeys(one))).toBe(true);
    });

    it('is noticed also where the counts are by chance the same again when the connection is back', async () => {
      const { one, other, stranger } = await openReplicas();
      await changeKeys(other);
      await sleep(700);
      const cut = () =>
        stranger.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
      expect(await noticed(one, cut)).toBe(true);
    });

    it('can be made although a replica stands still in the midst of one of its own', async () => {
      const { one, other } = await openReplicas();
      const stuck = one.change(['keys'], () => sleep(8000));
      const outcome = stuck.catch(({ code }: { code: string }) => code);
      await sleep(200);
      await changeKeys(other);
      expect(await outcome).toBe('STORE_UNAVAILABLE');
      await changeKeys(one);
    }, 30_000);
  },
);
