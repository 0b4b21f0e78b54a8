import type { RootwardError } from '../../../contract/errors.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { isPassword } from './password-hash.ts';

export interface PasswordProof {
  readonly email: string;
  /** The hash of the person's password. */
  readonly stored: string;
  readonly password: string;
  /** Whence. */
  readonly address: string;
  readonly now: number;
}

/** That somebody who is known by other means also has the password. Throws `wrong`, or OVERLOADED for whoever tries too many. */
export async function provePassword(guesses: GuessLimit, proof: PasswordProof, wrong: RootwardError): Promise<void> {
  const { email, stored, password, address, now } = proof;
  const early = guesses.passwords.begin(email, address, now);
  if (early) throw early;
  if (!(await isPassword(stored, password))) throw guesses.wrong(address, now, wrong);
  guesses.passwords.right(email, address);
}
