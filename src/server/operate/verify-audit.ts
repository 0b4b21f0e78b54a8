import { existsSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import { Barrier } from '../../crypto/barrier.ts';
import { openBarrier } from '../../crypto/seals/envelope.ts';
import { readMeta } from '../../store/meta.ts';
import { joinStore } from '../../store/store.ts';
import { checkpointsIn } from '../audit/chain/checkpoints-in-store.ts';
import { type AuditReport, verifyAuditLog } from '../audit/chain/verify.ts';
import type { Config } from '../config.ts';
import { openDataDir } from './data-dir.ts';
import { knownReplica } from './replica.ts';
import { readEnvelopes, sealOf } from './unseal.ts';

export type { AuditReport } from '../audit/chain/verify.ts';

/** Verifies every audit chain of a data directory, also while its server runs. Throws CONFIG, SEAL_KEY or SEAL_MISMATCH. */
export async function verifyAudit(config: Config): Promise<AuditReport> {
  const dataDir = openDataDir(config.dataDir, false);
  if (config.store.url === undefined && !existsSync(dataDir.database))
    throw new RootwardError('CONFIG', {
      message: `There is no store in ${dataDir.root}.`,
      hint: 'Name the data directory of the server with --data-dir.',
    });
  const replica = config.store.url === undefined ? undefined : knownReplica(config, dataDir);
  const store = await joinStore({ file: dataDir.database, url: config.store.url });
  try {
    const envelopes = await readEnvelopes(store);
    using key = await openBarrier(envelopes, sealOf(envelopes, config, dataDir));
    const barrier = new Barrier(key);
    const epoch = Number((await readMeta(store.db, 'restore_epoch')) ?? 0);
    return await verifyAuditLog(dataDir.audit, barrier.deriveKey('audit'), checkpointsIn(store), epoch, replica);
  } finally {
    await store.close();
  }
}
