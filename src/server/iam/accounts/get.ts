import { getAccount } from '../../../contract/accounts/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveAccount } from './find.ts';
import { presentAccount } from './present.ts';

export function getAccountHandler(deps: IamDeps): Handler {
  return handle(getAccount, {
    resolve: (call) => resolveAccount(deps.store.db, call.principal, call.input.params.id),
    run: (_call, row) => ({ output: presentAccount(row) }),
  });
}
