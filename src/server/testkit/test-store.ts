import { join } from 'node:path';
import { sharedPostgres } from '../../../test/process/postgres.ts';
import { openStore, type Store } from '../../store/store.ts';

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
