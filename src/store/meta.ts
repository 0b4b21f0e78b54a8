import type { Db, Tx } from './store.ts';

export type MetaName =
  | 'server_id'
  | 'restore_epoch'
  | 'account_id'
  | 'region'
  | 'hosting_replica'
  | 'clock_mark'
  | 'keys_without_mac';

export async function readMeta(db: Db | Tx, name: MetaName): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

export async function writeMeta(tx: Tx, name: MetaName, value: string): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

export async function deleteMeta(tx: Tx, name: MetaName): Promise<void> {
  await tx.deleteFrom('meta').where('name', '=', name).execute();
}
