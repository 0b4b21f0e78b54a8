import { RootwardError } from '../../../contract/errors.ts';
import { ATTEMPT_MS } from './attempt.ts';

/** Attempts that were finished, until they would be over anyway: each is good for one try. */
export interface UsedAttempts {
  /** False: it was used before. Throws OVERLOADED where too many are remembered. */
  use(state: string, now: number): boolean;
  /** The provider was not heard, so nothing has happened yet. */
  giveBack(state: string): void;
}

const KEPT = 100_000;

export function createUsedAttempts(kept = KEPT): UsedAttempts {
  // In the order of use, which is the order in which they end.
  const used = new Map<string, number>();
  const forget = (now: number): void => {
    for (const [state, until] of used) {
      if (now < until) return;
      used.delete(state);
    }
  };
  return {
    use(state, now) {
      forget(now);
      if (used.has(state)) return false;
      if (used.size >= kept)
        throw new RootwardError('OVERLOADED', { message: 'Too many logins at once. Try again later.', retryAfterSeconds: 60 });
      used.set(state, now + ATTEMPT_MS);
      return true;
    },
    giveBack: (state) => {
      used.delete(state);
    },
  };
}
