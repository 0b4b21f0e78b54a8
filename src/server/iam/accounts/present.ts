import type { Account } from '../../../contract/accounts/account.ts';
import type { AccountRow } from '../../../store/iam/accounts.ts';
import { formatInstant } from '../../instant.ts';

export function presentAccount({ id, name, owner_iam_id, created_at }: AccountRow): Account {
  return { id, name, owner_iam_id, created_at: formatInstant(created_at) };
}
