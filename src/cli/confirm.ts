import { RootwardError } from '../contract/errors.ts';
import type { Io } from './io.ts';

/** The flag of every command that asks first. */
export const FORCE_FLAG = { '-f, --force': 'do it without being asked' } as const;

/**
 * Goes on only if somebody means it: by --force, or by typing "yes" on the terminal after being told what `would` happen.
 * Throws USAGE otherwise, and where there is no terminal: a script says beforehand that it means it.
 */
export async function confirm(io: Io, force: unknown, would: string, first?: string): Promise<void> {
  if (force) return;
  if (!io.canAsk) {
    const hint = 'Nobody can be asked without a terminal: give --force if you mean it.';
    throw new RootwardError('USAGE', { message: would, hint: first === undefined ? hint : `${first} ${hint}` });
  }
  io.err(`${would}\n${first === undefined ? '' : `${first}\n`}`);
  const answer = (await io.ask('Type yes to go on: ', false)).trim().toLowerCase();
  if (answer !== 'yes') throw new RootwardError('USAGE', { message: 'You did not say yes, so nothing was changed.' });
}
