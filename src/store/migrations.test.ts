import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, it } from 'vitest';
import { isPostgresMissing } from '../../test/process/find-postgres.ts';
import { sharedPostgres } from '../../test/process/postgres.ts';
import { postgresConnections } from './engines/postgres.ts';
import { sqliteEngine } from './engines/sqlite.ts';
import { addAuthentications } from './iam/authentications.ts';
import { migrations } from './migrations/list.ts';
import { joinStore, openStore, type StorePlace } from './store.ts';
import type { Tables } from './tables.ts';
import type { TestEngine } from './testkit/test-store.ts';
import { readShapes } from './whole-store.ts';

const FIRST = '0001-first';

/** Where a store of the engine will be; nothing is there yet. */
async function emptyPlace(engine: TestEngine): Promise<StorePlace> {
  const file = join(mkdtempSync(join(tmpdir(), 'rootward-migrations-')), 'rootward.db');
  return engine === 'sqlite' ? { file } : { file, url: (await (await sharedPostgres()).createDatabase('empty')).url };
}

function openRaw({ file, url }: StorePlace): Kysely<Tables> {
  return url === undefined ? sqliteEngine(file, { readOnly: false }).db : postgresConnections(url).open(1);
}

const SERVICE_ID_OF_0003 = {
  ...{ id: 'ServiceId-1', iam_id: 'iam-ServiceId-1', account_id: 'a', name: 'robot', description: null, entity_tag: '1' },
  ...{ locked: 0, created_at: 1, created_by: 'x', modified_at: 1, unique_instance_crns: '[]' },
};

/** The schema of the first release, with a row that a later one must not lose. */
async function makeFirst(place: StorePlace): Promise<void> {
  const db = openRaw(place);
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateTo(FIRST);
  if (error) throw error;
  await db.insertInto('meta').values({ name: 'region', value: 'old' }).execute();
  const row = { id: 'r1', body: '{}', created_at: 1 };
  await db
    .insertInto('audit_outbox')
    .values(row as never)
    .execute();
  await db.destroy();
}

const suite = (engine: TestEngine) => () => {
  it('of an empty place make every table, each time the same', async () => {
    const place = await emptyPlace(engine);
    for (let start = 0; start < 2; start += 1) {
      const store = await openStore(place);
      const names = (await readShapes(store.db)).map(({ table }) => table);
      expect(new Set(names).size).toBeGreaterThan(25);
      await store.close();
    }
  });

  it('of a store of the first release keep what is in it, and open what they add as unset', async () => {
    const place = await emptyPlace(engine);
    await makeFirst(place);
    const store = await openStore(place);
    expect(await store.db.selectFrom('meta').selectAll().execute()).toEqual([{ name: 'region', value: 'old' }]);
    expect(await store.db.selectFrom('audit_outbox').selectAll().execute()).toEqual([
      { id: 'r1', body: '{}', created_at: 1, writer: null },
    ]);
    expect(await store.db.selectFrom('jobs').selectAll().execute()).toEqual([]);
    await store.close();
  });

  it('are not run by a command that only looks', async () => {
    const place = await emptyPlace(engine);
    await makeFirst(place);
    const store = await joinStore(place);
    expect((await store.db.introspection.getTables()).map(({ name }) => name)).not.toContain('jobs');
    await store.close();
  });

  it('count the logins of what was in a store before logins were counted', async () => {
    const place = await emptyPlace(engine);
    const db = openRaw(place);
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateTo('0003-access');
    if (error) throw error;
    await db.insertInto('service_ids').values(SERVICE_ID_OF_0003).execute();
    await db.destroy();
    const store = await openStore(place);
    const activity = async () => {
      const row = await store.db.selectFrom('service_ids').select(['last_authn_at', 'authn_count']).executeTakeFirstOrThrow();
      return [row.last_authn_at, row.authn_count].map((value) => value && Number(value));
    };
    expect(await activity()).toEqual([null, 0]);
    const all = [{ accountId: 'a', id: 'iam-ServiceId-1', times: 2, lastAt: 7 }];
    await store.change([], (tx) => addAuthentications(tx, all));
    expect(await activity()).toEqual([7, 2]);
    await store.close();
  });

  it('let one run of a cluster be open, and any number be done', async () => {
    const store = await openStore(await emptyPlace(engine));
    const run = (id: string, state: 'running' | 'paused' | 'done') => ({
      ...{ id, state, cluster_id: 'c', kind: 'enable' as const, step: 's', fence: 1, agent_id: null, lease_until: null },
      ...{ parameters: '{}', progress: null, evidence: '[]', error: null, attempts: 0, requested_by: 'x' },
      ...{ correlation_id: 'x', started_at: 1, updated_at: 1, finished_at: null },
    });
    await store.db
      .insertInto('cluster_runs')
      .values([run('a', 'done'), run('b', 'done'), run('c', 'running')])
      .execute();
    await expect(store.db.insertInto('cluster_runs').values(run('d', 'paused')).execute()).rejects.toThrow(/unique/i);
    await store.close();
  });
};

describe('migrations, on SQLite', suite('sqlite'));
describe.skipIf(isPostgresMissing())('migrations, on PostgreSQL (needs it here: apt-get install postgresql)', () => {
  suite('postgres')();

  it('are run once by servers that start at the same time', async () => {
    const places = await Promise.all([1, 2, 3].map(() => emptyPlace('sqlite')));
    const { url } = await emptyPlace('postgres');
    const stores = await Promise.all(places.map(({ file }) => openStore({ file, url })));
    for (const store of stores) await store.close();
    const db = openRaw({ file: '', url });
    expect(
      (await new Migrator({ db, provider: { getMigrations: async () => migrations } }).getMigrations()).every(
        ({ executedAt }) => executedAt,
      ),
    ).toBe(true);
    await db.destroy();
  });
});
