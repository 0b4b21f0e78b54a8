import type { RootwardError } from '../../../contract/errors.ts';
import { findPerson, type PersonRow } from '../../../store/iam/people.ts';
import type { Db, Store } from '../../../store/store.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { checkPassword } from './check-password.ts';
import { normalEmail } from './email.ts';

export interface GivenPassword {
  readonly email: string;
  readonly password: string;
  /** Whence. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whether nobody has set another password since that of `person` was proved. */
export async function isStillPassword(db: Db, person: PersonRow): Promise<boolean> {
  return (await findPerson(db, person.iam_id))?.password_hash === person.password_hash;
}

/**
 * The person with this e-mail address and password, or what to throw: `wrong` for a wrong one, OVERLOADED for whoever tries too many.
 * Every way to log in by a password goes through here.
 */
export async function personByPassword(
  deps: { readonly store: Store; readonly guesses: GuessLimit },
  { email: typed, password, address, now }: GivenPassword,
  wrong: RootwardError,
): Promise<PersonRow | RootwardError> {
  const email = normalEmail(typed);
  const early = deps.guesses.passwords.begin(email, address, now);
  if (early) return early;
  const person = await checkPassword(deps, email, password);
  if (!person) return deps.guesses.wrong(address, now, wrong);
  deps.guesses.passwords.right(email, address);
  return person;
}
