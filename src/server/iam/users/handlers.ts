import type { Handler } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { acceptAsUserHandler } from './accept.ts';
import { getUserHandler } from './get.ts';
import { inviteUsersHandler } from './invite.ts';
import { listUsersHandler } from './list.ts';
import { removeUserHandler } from './remove.ts';
import { setOwnPasswordHandler } from './set-password.ts';
import { updateUserHandler } from './update.ts';

export function userHandlers(deps: IamDeps, guesses: GuessLimit): Handler[] {
  return [
    listUsersHandler(deps),
    inviteUsersHandler(deps),
    getUserHandler(deps),
    updateUserHandler(deps),
    removeUserHandler(deps),
    acceptAsUserHandler(deps, guesses),
    setOwnPasswordHandler(deps, guesses),
  ];
}
