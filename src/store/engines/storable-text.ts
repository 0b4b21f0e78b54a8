import { RootwardError } from '../../contract/errors.ts';

/** One engine cannot store the character NUL, so neither does. Throws INVALID_FIELD. */
export function refuseNul(parameters: readonly unknown[]): void {
  for (const value of parameters)
    if (typeof value === 'string' && value.includes('\0'))
      throw new RootwardError('INVALID_FIELD', { message: 'A text must not contain the character NUL.' });
}
