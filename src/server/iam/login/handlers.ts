import type { Handler } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { beginLoginHandler } from './begin.ts';
import { finishLoginHandler } from './finish.ts';
import { logInWithPasswordHandler } from './password.ts';
import { listLoginProvidersHandler } from './providers.ts';
import { createRelyingParties } from './relying-parties.ts';

/** Logins of people, by the identity providers of the settings and by password. Throws CONFIG where the settings are wrong. */
export function loginHandlers(deps: IamDeps, guesses: GuessLimit): Handler[] {
  const parties = createRelyingParties(deps);
  return [
    listLoginProvidersHandler(parties),
    beginLoginHandler(deps, parties),
    finishLoginHandler(deps, parties),
    logInWithPasswordHandler(deps, guesses),
  ];
}
