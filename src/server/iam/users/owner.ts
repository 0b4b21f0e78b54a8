import { RootwardError } from '../../../contract/errors.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import type { Db } from '../../../store/store.ts';

/** The owner has every right in his account and no policy can take it from him: as long as he stays, so does an administrator. */
export async function refuseOwner(db: Db, accountId: string, iamId: string): Promise<void> {
  const account = await findAccount(db, accountId);
  if (account?.owner_iam_id === iamId) {
    throw new RootwardError('ACCOUNT_OWNER', { hint: 'rootward account update --owner USER hands the account over.' });
  }
}
