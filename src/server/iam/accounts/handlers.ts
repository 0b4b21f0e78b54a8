import type { Handler } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { createAccountHandler } from './create.ts';
import { getAccountHandler } from './get.ts';
import { listAccountsHandler } from './list.ts';
import { updateAccountHandler } from './update.ts';

export function accountHandlers(deps: IamDeps): Handler[] {
  return [listAccountsHandler(deps), getAccountHandler(deps), updateAccountHandler(deps), createAccountHandler(deps)];
}
