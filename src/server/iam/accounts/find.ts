import { RootwardError } from '../../../contract/errors.ts';
import { type AccountRow, findAccount } from '../../../store/iam/accounts.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';

/** The account itself: its name and who owns it. */
export function accountTarget(accountId: string): Target {
  return { serviceName: 'account-management', accountId, resourceType: 'account', resource: accountId };
}

/** The account that the caller is logged in to. Every other one looks as if there were none. */
export async function resolveAccount(db: Db, { accountId }: Principal, id: string): Promise<Resolved<AccountRow>> {
  const row = id === accountId ? await findAccount(db, id) : undefined;
  const target = accountTarget(accountId);
  if (row) return { target: { ...target, name: row.name }, record: row };
  const missing = new RootwardError('IAM_NOT_FOUND', {
    message: 'There is no such account, or you are not logged in to it.',
    hint: '`rootward account list` shows your accounts; `rootward login -c ACCOUNT` logs in to another one.',
  });
  return { target, missing };
}
