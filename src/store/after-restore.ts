import { sql } from 'kysely';
import type { BackupRow } from './backups.ts';
import { restartJobs } from './jobs.ts';
import { writeMeta } from './meta.ts';
import type { StoredEnvelope } from './seal-envelopes.ts';
import type { Tx } from './store.ts';

export interface RestoredStore {
  /** The backup that the rows came from. */
  readonly backup: BackupRow;
  /** The restore epoch from now on, higher than the backup's. */
  readonly epoch: number;
  /** What opens the store from now on, in place of the envelopes in the backup. */
  readonly envelopes: readonly StoredEnvelope[];
}

/**
 * What must not be as it was when the backup was made: whoever held a lease, an agent with a step in its hands, every session, and every proof
 * of a cluster. Nothing that a cluster does is believed until it is proved under an activation of the new epoch.
 */
export async function settleRestored(tx: Tx, { backup, epoch, envelopes }: RestoredStore): Promise<void> {
  await writeMeta(tx, 'restore_epoch', String(epoch));
  await tx.deleteFrom('seal_envelopes').execute();
  for (const envelope of envelopes) await tx.insertInto('seal_envelopes').values(envelope).execute();
  await tx
    .updateTable('jobs')
    .set((eb) => ({ owner: null, lease_until: null, attempts: 0, fence: eb('fence', '+', 1) }))
    .execute();
  // What needs to be seen twice is to be seen twice here.
  await restartJobs(tx);
  // Whoever starts first brings what had not reached the lost machine's chain into its own.
  await tx.updateTable('audit_outbox').set({ writer: null }).execute();
  // Refresh tokens and passcodes that were used since would be good once more.
  await tx.deleteFrom('sessions').execute();
  await tx.deleteFrom('passcodes').execute();
  // So would the token of an invitation that was accepted or taken back since. They stay, over, so that they can be renewed.
  const { created_at: over } = backup;
  await tx.updateTable('invitations').set({ expires_at: over }).where('expires_at', '>', over).execute();
  await tx.updateTable('clusters').set({ proof: null }).execute();
  await settleRuns(tx);
  await tx
    .insertInto('backups')
    .values(backup)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  await tx.updateTable('key_versions').set({ backup_id: backup.id }).where('backup_id', 'is', null).execute();
  await advanceSequences(tx);
}

/** A run that had found its proof good enough has to find it so again. */
async function settleRuns(tx: Tx): Promise<void> {
  const runs = await tx
    .selectFrom('cluster_runs')
    .select(['id', 'parameters'])
    .where('state', 'in', ['running', 'paused'])
    .execute();
  for (const { id, parameters } of runs) {
    const { released: _released, ...kept } = JSON.parse(parameters) as Record<string, unknown>;
    await tx
      .updateTable('cluster_runs')
      .set((eb) => ({ fence: eb('fence', '+', 1), agent_id: null, lease_until: null, parameters: JSON.stringify(kept) }))
      .where('id', '=', id)
      .execute();
  }
}

/** Rows came with their numbers; the engine has to go on after the highest. SQLite does so by itself. */
async function advanceSequences(tx: Tx): Promise<void> {
  if (!tx.getExecutor().adapter.supportsTransactionalDdl) return;
  await sql`select setval(pg_get_serial_sequence('lifecycle_events', 'sequence'), (select coalesce(max(sequence), 0) + 1 from lifecycle_events), false)`.execute(
    tx,
  );
}
