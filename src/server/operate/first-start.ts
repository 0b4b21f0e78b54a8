import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Barrier } from '../../crypto/barrier.ts';
import { findDefaultGroup } from '../../store/iam/groups.ts';
import { readMeta, writeMeta } from '../../store/meta.ts';
import type { Store } from '../../store/store.ts';
import { bootstrapAccount } from '../iam/accounts/bootstrap.ts';
import { createApiKey } from '../iam/api-keys/new-key.ts';
import type { DataDir } from './data-dir.ts';
import { writeDurably } from './write-durably.ts';

export interface Installation {
  readonly serverId: string;
  readonly accountId: string;
  readonly resourceGroupId: string;
  readonly region: string;
  /** The owner's API key; only with --dev, which keeps it in the data directory. */
  readonly apiKey?: string;
  /** Where the first API key of a real installation was written, until somebody deletes it. */
  readonly apiKeyFile?: string;
}

/** What this installation is, made on its first start: server id, account, owner, resource group and the owner's first API key. */
export async function openInstallation(deps: {
  store: Store;
  barrier: Barrier;
  dataDir: DataDir;
  region: string;
  isDev: boolean;
  /** Where a real installation leaves the first API key. */
  firstApiKeyFile: string;
}): Promise<Installation> {
  const { store, barrier, dataDir, isDev } = deps;
  const ids = { newId: () => randomUUID(), randomBytes: (size: number) => randomBytes(size), now: () => Date.now() };
  const known = await readMeta(store.db, 'server_id');
  const keyFile = isDev ? dataDir.devApiKey : deps.firstApiKeyFile;
  if (known === undefined) {
    await store.change(['iam'], async (tx) => {
      if ((await readMeta(tx, 'server_id')) !== undefined) return;
      const { accountId, ownerIamId } = await bootstrapAccount(tx, ids);
      const { secret } = await createApiKey(
        tx,
        { ...ids, barrier },
        { iamId: ownerIamId, accountId, name: 'owner', createdBy: ownerIamId, now: ids.now() },
      );
      await writeMeta(tx, 'server_id', ids.newId());
      await writeMeta(tx, 'restore_epoch', '0');
      await writeMeta(tx, 'account_id', accountId);
      await writeMeta(tx, 'region', deps.region);
      // Durable before the commit: should that fail, there is no installation whose only key nobody has. What a start that failed
      // before its commit had left there is replaced.
      writeDurably(keyFile, `${secret}\n`, true);
    });
  }
  const read = async (name: 'server_id' | 'account_id' | 'region') => (await readMeta(store.db, name)) ?? '';
  const accountId = await read('account_id');
  const group = await findDefaultGroup(store.db, accountId);
  return {
    serverId: await read('server_id'),
    accountId,
    resourceGroupId: group?.id ?? '',
    region: await read('region'),
    ...(isDev && existsSync(keyFile) && { apiKey: readFileSync(keyFile, 'utf8').trim() }),
    ...(!isDev && existsSync(keyFile) && { apiKeyFile: keyFile }),
  };
}
