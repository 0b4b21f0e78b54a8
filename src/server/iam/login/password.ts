import { RootwardError } from '../../../contract/errors.ts';
import { logInWithPassword } from '../../../contract/login/password.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { isStillPassword, personByPassword } from '../people/person-by-password.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { PUBLIC_TARGET } from '../tokens/public-target.ts';
import { loggedIn } from './logged-in.ts';

/** A login by e-mail address and password. An unknown address and a wrong password look alike. */
export function logInWithPasswordHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(logInWithPassword, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    async prepare({ input, host, now }) {
      const given = { email: input.body.email, password: input.body.password, address: host.address, now };
      const person = await personByPassword({ ...deps, guesses }, given, wrongPassword());
      if (person instanceof RootwardError) throw person;
      return person;
    },
    async change({ input, now }, _record, tx, person) {
      // A new password ends every login, so none may follow it by the old one.
      if (!(await isStillPassword(tx, person))) throw wrongPassword();
      const { return_to: returnTo = 'passcode', account } = input.body;
      return loggedIn(tx, deps, { person, account, returnTo, now });
    },
  });
}

function wrongPassword(): RootwardError {
  return new RootwardError('LOGIN_FAILED', { message: 'The e-mail address or the password is wrong.' });
}
