import { RootwardError } from '../../../contract/errors.ts';

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;
const LONGEST = 254;

/** The form in which e-mail addresses are stored and compared. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * An address that somebody may be known by, in its stored form. Only ASCII: two addresses that look alike must not be two people.
 * Throws INVALID_FIELD, naming `field`.
 */
export function checkEmail(email: string, field: string): string {
  const normal = email.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (normal.length <= LONGEST && EMAIL.test(normal)) return normal;
  throw new RootwardError('INVALID_FIELD', {
    message: `Field ${field} is not an e-mail address.`,
    target: { type: 'field', name: field },
  });
}
