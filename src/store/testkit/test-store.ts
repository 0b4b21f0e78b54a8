import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { isPostgresMissing } from '../../../test/process/find-postgres.ts';
import { sharedPostgres } from '../../../test/process/postgres.ts';
import { openStore, type Store } from '../store.ts';

export type TestEngine = 'sqlite' | 'postgres';

/** The engine on which suites run that do not say: ROOTWARD_TEST_ENGINE, or the embedded one. */
export function engineOfTests(): TestEngine {
  return process.env.ROOTWARD_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite';
}

/** An empty store of its own on either engine; its database on the shared private server goes when it is closed. */
export async function openTestStore(directory: string, engine: TestEngine = engineOfTests()): Promise<Store> {
  const file = join(directory, 'rootward.db');
  if (engine === 'sqlite') return await openStore({ file });
  const { url, drop } = await (await sharedPostgres()).createDatabase('migrated');
  const store = await openStore({ file, url });
  return {
    ...store,
    async close() {
      await store.close();
      await drop();
    },
  };
}

/** The same claims about each engine. `open` gives an empty store that is closed after its test. */
export function onBothEngines(title: string, suite: (open: () => Promise<OpenedStore>, engine: TestEngine) => void): void {
  describe(`${title}, on SQLite`, () => suite(() => openAlone('sqlite'), 'sqlite'));
  describe.skipIf(isPostgresMissing())(`${title}, on PostgreSQL (needs it here: apt-get install postgresql)`, () =>
    suite(() => openAlone('postgres'), 'postgres'),
  );
}

export type OpenedStore = Store & AsyncDisposable;

/** An empty store on one engine, closed and gone after its test. */
export async function openAlone(engine: TestEngine): Promise<OpenedStore> {
  const directory = mkdtempSync(join(tmpdir(), 'rootward-store-'));
  const store = await openTestStore(directory, engine);
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}
