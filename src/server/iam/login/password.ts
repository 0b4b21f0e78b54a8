import { RootwardError } from '../../../contract/errors.ts';
import { logInWithPassword } from '../../../contract/login/password.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { checkPassword } from '../people/check-password.ts';
import type { GuessLimit } from '../tokens/guess-limit.ts';
import { PUBLIC_TARGET } from '../tokens/public-target.ts';
import { loggedIn } from './logged-in.ts';

/** A login by e-mail address and password. An unknown address and a wrong password look alike. */
export function logInWithPasswordHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(logInWithPassword, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    async prepare({ input, host, now }) {
      const person = await checkPassword(deps, input.body.email, input.body.password);
      if (person) return person;
      throw guesses.wrong(
        host.address,
        now,
        new RootwardError('LOGIN_FAILED', { message: 'The e-mail address or the password is wrong.' }),
      );
    },
    change: ({ input, now }, _record, tx, person) => {
      const { return_to: returnTo = 'passcode', account } = input.body;
      return loggedIn(tx, deps, { person, account, returnTo, now });
    },
  });
}
