import { RootwardError } from '../../contract/errors.ts';
import type { Principal } from '../principal.ts';

/** The caller's account; a request that names another one is refused before anything is looked up. */
export function ownAccount(principal: Principal, named: string | undefined): string {
  if (named !== undefined && named !== '' && named !== principal.accountId) throw new RootwardError('ACCOUNT_MISMATCH');
  return principal.accountId;
}
