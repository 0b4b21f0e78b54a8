import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ClustersTable } from '../tables/clusters.ts';

export type ClusterRow = Selectable<ClustersTable>;
export type ClusterPatch = Updateable<ClustersTable>;

/** The cluster of an account by id or, failing that, by name. Deleted clusters are not found. */
export async function findCluster(db: Db, accountId: string, idOrName: string): Promise<ClusterRow | undefined> {
  const found = await db
    .selectFrom('clusters')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('id', '=', idOrName), eb('name', '=', idOrName)]))
    .execute();
  return found.find((row) => row.id === idOrName) ?? found[0];
}

/** The cluster with this id, in any account. Deleted clusters are not found. */
export async function findClusterById(db: Db, id: string): Promise<ClusterRow | undefined> {
  return await db.selectFrom('clusters').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst();
}

/** Every cluster of an account, by name. */
export async function listClusters(db: Db, accountId: string): Promise<ClusterRow[]> {
  return await db
    .selectFrom('clusters')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** Every cluster that is not deleted, in all accounts. */
export async function listLiveClusters(db: Db): Promise<ClusterRow[]> {
  return await db.selectFrom('clusters').selectAll().where('deleted_at', 'is', null).orderBy('created_at').execute();
}

export async function insertCluster(tx: Tx, row: Insertable<ClustersTable>): Promise<void> {
  await tx.insertInto('clusters').values(row).execute();
}

export async function updateCluster(tx: Tx, id: string, patch: ClusterPatch): Promise<void> {
  await tx.updateTable('clusters').set(patch).where('id', '=', id).execute();
}
