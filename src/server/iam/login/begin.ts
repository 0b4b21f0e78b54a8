import { beginLogin } from '../../../contract/login/begin.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ATTEMPT_MS, type Attempt, sealAttempt } from './attempt.ts';
import type { RelyingParties } from './relying-parties.ts';

const RANDOM_BYTES = 32;

/** Begins a login: an attempt that only this browser can finish, and the address of the provider. */
export function beginLoginHandler(deps: Pick<IamDeps, 'barrier' | 'randomBytes'>, parties: RelyingParties): Handler {
  const random = (): string => deps.randomBytes(RANDOM_BYTES).toString('base64url');
  return handle(beginLogin, {
    resolve: ({ input }) => parties.resolve(input.body.provider),
    async run({ input, now }, party) {
      const { return_to: returnTo = 'passcode', account } = input.body;
      const attempt: Attempt = {
        provider: party.settings.name,
        returnTo,
        ...(account !== undefined && { account }),
        state: random(),
        nonce: random(),
        verifier: random(),
        until: now + ATTEMPT_MS,
      };
      const url = await party.authorizationUrl(attempt, now);
      return { output: { url, attempt: sealAttempt(deps.barrier, attempt), expires_in: ATTEMPT_MS / 1000 } };
    },
  });
}
