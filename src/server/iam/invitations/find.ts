import { RootwardError } from '../../../contract/errors.ts';
import { findInvitation, type InvitationRow } from '../../../store/iam/invitations.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import { targetOfUser, usersOf } from '../users/target.ts';

/** An open or expired invitation of the account, as the target of a call. */
export async function resolveInvitation(db: Db, accountId: string, id: string): Promise<Resolved<InvitationRow>> {
  const row = await findInvitation(db, accountId, id);
  if (row) return { target: targetOfUser(accountId, row.iam_id, row.email), record: row };
  return { target: usersOf(accountId), missing: invitationGone() };
}

export function invitationGone(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The invitation does not exist.' });
}
