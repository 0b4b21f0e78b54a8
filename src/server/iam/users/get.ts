import { getUser } from '../../../contract/users/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveUser } from './find.ts';
import { presentUser } from './present.ts';

export function getUserHandler(deps: IamDeps): Handler {
  return handle(getUser, {
    resolve: (call) => resolveUser(deps.store.db, call.principal, call.input.params),
    run: (_call, row) => ({ output: presentUser(row) }),
  });
}
