import { loadConfig } from '../../src/server/config.ts';
import { createKeyRows, type KeyRows } from '../../src/server/key-rows.ts';
import { openDataDir } from '../../src/server/operate/data-dir.ts';
import { unseal } from '../../src/server/operate/unseal.ts';
import type { Store } from '../../src/store/store.ts';

/** The rows of keys of a stopped `--dev` server, under its own barrier: what is changed by them it takes for its own. */
export async function keyRowsOf(store: Store, dataDir: string): Promise<KeyRows> {
  const config = loadConfig({ env: {}, flags: { dataDir, dev: true } });
  const barrier = await unseal(store, config, openDataDir(dataDir, false));
  const key = barrier.deriveKey('key-rows');
  barrier.destroy();
  return createKeyRows({ key, onFailure: () => undefined });
}
