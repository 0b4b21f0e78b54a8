import { RootwardError } from '../../../../contract/errors.ts';
import { createPasswordGuesses, type PasswordGuesses } from '../../people/password-guesses.ts';
import { networkOf } from './network-of.ts';

const WINDOW_MS = 60_000;
const GUESSES = 100;
const ADDRESSES_KEPT = 10_000;

/**
 * Slows down whoever tries secrets: an address that was wrong too often in this minute learns no more until the next one. A right
 * secret is never refused, so nobody can lock out the others behind his address; and what is no attempt at a secret does not count.
 */
export interface GuessLimit {
  /** Counts a wrong secret. Returns what to throw: `error`, or OVERLOADED where there were too many. */
  wrong(address: string, now: number, error: RootwardError): RootwardError;
  /** Passwords are not random, so whoever tries them is slowed down more. */
  readonly passwords: PasswordGuesses;
}

export function createGuessLimit(): GuessLimit {
  let window = 0;
  let failures = new Map<string, number>();
  const turn = (now: number): void => {
    const current = Math.floor(now / WINDOW_MS);
    if (current === window && failures.size < ADDRESSES_KEPT) return;
    window = current;
    failures = new Map();
  };
  return {
    passwords: createPasswordGuesses(),
    wrong(from, now, error) {
      turn(now);
      const address = networkOf(from);
      const count = (failures.get(address) ?? 0) + 1;
      failures.set(address, count);
      if (count <= GUESSES) return error;
      const retryAfterSeconds = Math.ceil(((window + 1) * WINDOW_MS - now) / 1000);
      return new RootwardError('OVERLOADED', {
        message: 'Too many wrong keys or passwords from this address.',
        retryAfterSeconds,
      });
    },
  };
}
