import type { Handler } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { acceptInvitationHandler } from './accept.ts';
import { deleteInvitationHandler } from './delete.ts';
import { listInvitationsHandler } from './list.ts';
import { renewInvitationHandler } from './renew.ts';

export function invitationHandlers(deps: IamDeps, guesses: GuessLimit): Handler[] {
  return [
    acceptInvitationHandler(deps, guesses),
    listInvitationsHandler(deps),
    deleteInvitationHandler(deps),
    renewInvitationHandler(deps),
  ];
}
