import { RootwardError } from '../../../contract/errors.ts';
import { endSession as operation } from '../../../contract/sessions/end.ts';
import { endSession } from '../../../store/iam/sessions.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { keysOfIdentity } from '../api-keys/target.ts';

/** A login without a session has nothing to end: saying that it did would leave a token that is still good. */
export function endSessionHandler(): Handler {
  return handle(operation, {
    resolve: ({ principal }) => {
      const target = keysOfIdentity(principal.accountId, principal.iamId, principal.name);
      const record = sessionOf(principal);
      return record === undefined ? { target, missing: new RootwardError('SESSION_NONE') } : { target, record };
    },
    async change({ now }, sessionId, tx) {
      await endSession(tx, sessionId, now);
      return { output: undefined };
    },
  });
}

/** Who acts as another has no session of his own: his is that of whom he is. */
function sessionOf(principal: Principal): string | undefined {
  return principal.kind === 'user' || principal.kind === 'service-id' ? principal.login?.sessionId : undefined;
}
