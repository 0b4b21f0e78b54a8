import { randomBytes } from 'node:crypto';
import { findLocalPersonByEmail, type PersonRow, replacePasswordHash } from '../../../store/iam/people.ts';
import type { Store } from '../../../store/store.ts';
import { normalEmail } from './email.ts';
import { hashPassword, isOutdated, isPassword } from './password-hash.ts';

/**
 * The person who has this e-mail address and this password, or undefined. It takes as long where nobody has the address, or has no
 * password. Never inside a change, and never in `resolve` of one: a hash from before the work was raised is made anew. Throws
 * OVERLOADED where too many passwords are being checked.
 */
export async function checkPassword(
  deps: { readonly store: Store },
  email: string,
  password: string,
): Promise<PersonRow | undefined> {
  const person = await findLocalPersonByEmail(deps.store.db, normalEmail(email));
  const stored = person?.password_hash ?? null;
  if (!(await isPassword(stored, password)) || !person || stored === null) return undefined;
  if (!isOutdated(stored)) return person;
  const renewed = await hashPassword(password, randomBytes);
  await deps.store.change([], (tx) => replacePasswordHash(tx, person.iam_id, stored, renewed));
  return { ...person, password_hash: renewed };
}
