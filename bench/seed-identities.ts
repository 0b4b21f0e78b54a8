import { randomBytes, randomUUID } from 'node:crypto';
import { loadConfig } from '../src/server/config.ts';
import { hashSecret, newSecret } from '../src/server/iam/api-keys/secret.ts';
import { openDataDir } from '../src/server/operate/data-dir.ts';
import { unseal } from '../src/server/operate/unseal.ts';
import { readMeta } from '../src/store/meta.ts';
import { openSqliteStore } from '../src/store/store.ts';

const ROWS_PER_STATEMENT = 500;

/**
 * Puts service IDs and their API keys into a stopped server: rows as the server makes them, but by large transactions and without an
 * audit record for each. Every service ID has as many keys as the others. Returns the secrets.
 */
export async function seedIdentities(directory: string, serviceIds: number, apiKeys: number): Promise<string[]> {
  const dataDir = openDataDir(directory, false);
  const store = await openSqliteStore(dataDir.database);
  const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir: directory, dev: true } }), dataDir);
  try {
    const account_id = (await readMeta(store.db, 'account_id')) ?? '';
    const now = Date.now();
    const made = { account_id, description: null, locked: 0, created_at: now, created_by: 'bench', modified_at: now };
    const services = Array.from({ length: serviceIds }, (_, n) => {
      const id = `ServiceId-${randomUUID()}`;
      return { ...made, id, iam_id: `iam-${id}`, name: `service ${n}`, entity_tag: '1', unique_instance_crns: '[]' };
    });
    const secrets = Array.from({ length: apiKeys }, () => newSecret({ randomBytes }));
    const keys = secrets.map((secret, n) => ({
      ...made,
      id: `ApiKey-${randomUUID()}`,
      iam_id: services[n % serviceIds]?.iam_id ?? '',
      name: `key ${n}`,
      secret_hash: hashSecret(barrier, secret),
      purpose: null,
      entity_tag: '1',
      disabled: 0,
      expires_at: null,
      secret_epoch: 0,
    }));
    await store.change(['iam'], async (tx) => {
      for (let at = 0; at < services.length; at += ROWS_PER_STATEMENT) {
        const some = services.slice(at, at + ROWS_PER_STATEMENT);
        await tx.insertInto('service_ids').values(some).execute();
      }
      for (let at = 0; at < keys.length; at += ROWS_PER_STATEMENT) {
        const some = keys.slice(at, at + ROWS_PER_STATEMENT);
        await tx.insertInto('api_keys').values(some).execute();
      }
    });
    return secrets;
  } finally {
    barrier.destroy();
    await store.close();
  }
}
