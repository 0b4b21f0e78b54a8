import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { InvitationsTable } from '../tables/iam.ts';

export type InvitationRow = Selectable<InvitationsTable>;

export async function insertInvitation(tx: Tx, row: InvitationRow): Promise<void> {
  await tx.insertInto('invitations').values(row).execute();
}

/** By the keyed hash of its token, which is all that whoever accepts it knows. */
export function findInvitationByToken(db: Db, tokenHash: Uint8Array): Promise<InvitationRow | undefined> {
  return db.selectFrom('invitations').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

export function findInvitation(db: Db, accountId: string, id: string): Promise<InvitationRow | undefined> {
  return db.selectFrom('invitations').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export function listInvitations(db: Db, accountId: string): Promise<InvitationRow[]> {
  return db
    .selectFrom('invitations')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** False: somebody else has used or deleted it. */
export async function deleteInvitation(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('invitations').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function deleteInvitationsOf(tx: Tx, accountId: string, iamId: string): Promise<void> {
  await tx.deleteFrom('invitations').where('account_id', '=', accountId).where('iam_id', '=', iamId).execute();
}
