import { RootwardError } from '../../../contract/errors.ts';
import { createPasscode } from '../../../contract/passcodes/create.ts';
import { type Handler, handle } from '../../handler.ts';
import { keysOfIdentity } from '../api-keys/target.ts';
import type { IamDeps } from '../iam-deps.ts';
import { issuePasscode } from '../tokens/passcodes.ts';

/** A code for the caller's own identity. What is logged in with it ends with the API key that the caller has used, if any. */
export function createPasscodeHandler(deps: IamDeps): Handler {
  return handle(createPasscode, {
    resolve({ principal }) {
      const target = keysOfIdentity(principal.accountId, principal.iamId, principal.name);
      if (principal.kind === 'user') return { target, record: principal.login?.apiKeyId };
      return { target, missing: new RootwardError('ACTION_DENIED', { message: 'Only a user gets a passcode.' }) };
    },
    async change({ principal: { accountId, iamId }, now }, apiKeyId, tx) {
      const { passcode, expiresAt } = await issuePasscode(deps, tx, { accountId, iamId, apiKeyId, now });
      const expiration = Math.floor(expiresAt / 1000);
      return {
        output: { passcode, expires_in: expiration - Math.floor(now / 1000), expiration },
        audit: { responseData: { iamId, accountId } },
      };
    },
  });
}
