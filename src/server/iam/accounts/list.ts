import { listAccounts } from '../../../contract/accounts/list.ts';
import { accountsOf, findAccount } from '../../../store/iam/accounts.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { accountTarget } from './find.ts';
import { presentAccount } from './present.ts';

/** Every account that a person is in; of another identity, its own. One where the person is shut out is not shown. */
export function listAccountsHandler(deps: IamDeps): Handler {
  const { db } = deps.store;
  return handle(listAccounts, {
    resolve: ({ principal }) => ({ target: accountTarget(principal.accountId), record: undefined }),
    async run({ principal }) {
      if (principal.kind !== 'user') {
        const own = await findAccount(db, principal.accountId);
        return { output: { accounts: own ? [{ ...presentAccount(own), state: 'ACTIVE' as const }] : [] } };
      }
      const rows = await accountsOf(db, principal.iamId);
      const open = rows.filter(({ state }) => state !== 'DISABLED');
      return { output: { accounts: open.map((row) => ({ ...presentAccount(row), state: row.state })) } };
    },
  });
}
