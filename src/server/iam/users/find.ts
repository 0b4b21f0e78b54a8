import { RootwardError } from '../../../contract/errors.ts';
import { findUser, type UserRow } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { ownAccount } from '../own-account.ts';
import { targetOfUser } from './target.ts';

/** A user of the caller's account, as the target of a call. */
export async function resolveUser(
  db: Db,
  principal: Principal,
  params: { readonly account_id: string; readonly iam_id: string },
): Promise<Resolved<UserRow>> {
  const accountId = ownAccount(principal, params.account_id);
  const row = await findUser(db, accountId, params.iam_id);
  if (row) return { target: targetOfUser(accountId, row.iam_id, row.email), record: row };
  return { target: targetOfUser(accountId, params.iam_id), missing: userGone() };
}

export function userGone(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The account has no such user.' });
}
