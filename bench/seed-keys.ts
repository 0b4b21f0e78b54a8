import { randomUUID } from 'node:crypto';
import { loadConfig } from '../src/server/config.ts';
import { sealKeyRow } from '../src/server/key-rows.ts';
import { createKeyMaterial } from '../src/server/kms/key-material.ts';
import { openDataDir } from '../src/server/operate/data-dir.ts';
import { unseal } from '../src/server/operate/unseal.ts';
import { findInstanceOfAnyAccount } from '../src/store/instances.ts';
import type { KeyRow, KeyVersionRow } from '../src/store/kms/keys.ts';
import { openSqliteStore } from '../src/store/store.ts';

const KEYS_PER_COMMIT = 20_000;
const ROWS_PER_STATEMENT = 500;

/**
 * Puts root keys into an instance of a stopped server: rows as the server makes them, with material of their own that is really
 * sealed, but by large transactions and without an audit record for each. Returns their ids.
 */
export async function seedKeys(directory: string, instanceId: string, count: number): Promise<string[]> {
  const dataDir = openDataDir(directory, false);
  const store = await openSqliteStore(dataDir.database);
  const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir: directory, dev: true } }), dataDir);
  try {
    const material = createKeyMaterial({ store, barrier, versionsKept: 16 });
    const rowsKey = barrier.deriveKey('key-rows');
    const instance = await findInstanceOfAnyAccount(store.db, instanceId);
    if (!instance) throw new Error(`there is no instance ${instanceId}`);
    const ids = Array.from({ length: count }, () => randomUUID());
    const place = { instance_id: instance.guid, account_id: instance.account_id };
    for (let from = 0; from < count; from += KEYS_PER_COMMIT) {
      await store.change(['keys'], async (tx) => {
        for (let at = from; at < Math.min(from + KEYS_PER_COMMIT, count); at += ROWS_PER_STATEMENT) {
          const some = ids.slice(at, Math.min(at + ROWS_PER_STATEMENT, from + KEYS_PER_COMMIT));
          const created_at = Date.now();
          const keys = some.map(
            (id, index): KeyRow =>
              sealKeyRow(rowsKey, {
                ...SAMPLE,
                ...place,
                id,
                name: `key ${at + index}`,
                current_version_id: id,
                created_at,
                state_changed_at: created_at,
              }),
          );
          const versions = some.map(
            (id): KeyVersionRow => ({
              ...place,
              id,
              key_id: id,
              number: 1,
              sealed_material: material.createVersion(instance, id, id, 'key-version'),
              created_at,
              backup_id: null,
            }),
          );
          await tx.insertInto('keys').values(keys).execute();
          await tx.insertInto('key_versions').values(versions).execute();
        }
      });
      process.stderr.write(`\r${Math.min(from + KEYS_PER_COMMIT, count)} of ${count} keys`);
    }
    process.stderr.write('\n');
    return ids;
  } finally {
    barrier.destroy();
    await store.close();
  }
}

const SAMPLE = {
  key_ring_id: 'default',
  description: null,
  tags: '[]',
  extractable: 0,
  imported: 0,
  state: 1,
  created_by: 'IBMid-bench',
  updated_at: null,
  rotated_at: null,
  expires_at: null,
  deleted_at: null,
  deleted_by: null,
  deletion_authorized_by: null,
  deletion_authorized_at: null,
} as const;
