import type { TokenRequest } from '../../../../contract/tokens/grant.ts';
import { membershipsOf } from '../../../../store/iam/users.ts';
import type { Db } from '../../../../store/store.ts';

/** The account that a request names, else the one that the person has been an active user of for longest; '' if there is none. */
export async function chooseAccount(db: Db, iamId: string, { account, bss_account }: TokenRequest): Promise<string> {
  const named = account || bss_account;
  if (named) return named;
  const active = (await membershipsOf(db, iamId)).filter(({ state }) => state === 'ACTIVE');
  return active.sort((a, b) => a.added_at - b.added_at)[0]?.account_id ?? '';
}
