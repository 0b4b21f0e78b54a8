import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { BackupsTable } from './tables/server.ts';

export type BackupRow = Selectable<BackupsTable>;

/** Backups that this store knows of, newest first. */
export async function listBackups(db: Db | Tx): Promise<BackupRow[]> {
  const rows = await db.selectFrom('backups').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
  return rows.map((row) => ({
    ...row,
    epoch: Number(row.epoch),
    created_at: Number(row.created_at),
    key_versions: Number(row.key_versions),
  }));
}

/** Records a backup; again for the same one it does nothing. */
export async function insertBackup(tx: Tx, row: BackupRow): Promise<void> {
  await tx
    .insertInto('backups')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export async function deleteBackup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('backups').where('id', '=', id).execute();
}

/** These versions are in the backup, and in none before it. */
export async function markVersionsBackedUp(tx: Tx, backupId: string, versionIds: readonly string[]): Promise<void> {
  if (versionIds.length === 0) return;
  await tx
    .updateTable('key_versions')
    .set({ backup_id: backupId })
    .where('id', 'in', [...versionIds])
    .where('backup_id', 'is', null)
    .execute();
}

/** A page of the versions that no backup contains, after the one with id `after`. */
export async function versionsWithoutBackup(db: Db | Tx, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('key_versions')
    .select('id')
    .where('backup_id', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function countVersionsWithoutBackup(db: Db | Tx): Promise<number> {
  const row = await db
    .selectFrom('key_versions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('backup_id', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

/** Those versions of one key that no backup contains, oldest first. */
export async function versionsOfKeyWithoutBackup(db: Db | Tx, keyId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('key_versions')
    .select('id')
    .where('key_id', '=', keyId)
    .where('backup_id', 'is', null)
    .orderBy('number')
    .execute();
  return rows.map(({ id }) => id);
}
