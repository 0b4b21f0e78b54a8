import { RootwardError } from '../../contract/errors.ts';

/** Control characters, and what else ends a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** A name as it is kept: without blanks around it. Throws INVALID_FIELD where nothing is left, or more than `longest` characters. */
export function checkName(given: string, longest: number): string {
  const name = given.trim();
  if (name !== '' && Array.from(name).length <= longest && !CONTROL.test(name)) return name;
  throw new RootwardError('INVALID_FIELD', {
    message: `Field name must be 1 to ${longest} characters, none of them a control character.`,
    target: { type: 'field', name: 'name' },
  });
}
