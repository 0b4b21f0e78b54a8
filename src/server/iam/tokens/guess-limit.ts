import { RootwardError } from '../../../contract/errors.ts';

const WINDOW_MS = 60_000;
const GUESSES = 100;
const ADDRESSES_KEPT = 10_000;

/** Slows down whoever tries secrets: an address that failed too often in this minute has to wait for the next one. */
export interface GuessLimit {
  /** Throws OVERLOADED while `address` has to wait. */
  admit(address: string, now: number): void;
  failed(address: string, now: number): void;
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
    admit(address, now) {
      turn(now);
      if ((failures.get(address) ?? 0) < GUESSES) return;
      const retryAfterSeconds = Math.ceil(((window + 1) * WINDOW_MS - now) / 1000);
      throw new RootwardError('OVERLOADED', { message: 'Too many wrong API keys from this address.', retryAfterSeconds });
    },
    failed(address, now) {
      turn(now);
      failures.set(address, (failures.get(address) ?? 0) + 1);
    },
  };
}
