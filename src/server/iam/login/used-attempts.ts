import { RootwardError } from '../../../contract/errors.ts';
import { ATTEMPT_MS, type Attempt } from './attempt.ts';

/** Attempts that were finished, until they would be over anyway: each is good for one try. */
export interface UsedAttempts {
  /** False: it was used before. Throws OVERLOADED where too many of its provider are remembered. */
  use(attempt: Named, now: number): boolean;
  /** The provider was not heard, so nothing has happened yet. */
  giveBack(attempt: Named): void;
}

type Named = Pick<Attempt, 'provider' | 'state'>;

const KEPT = 100_000;

/** Each provider has a list of its own: who floods the one does not keep out those who come from another. */
export function createUsedAttempts(kept = KEPT): UsedAttempts {
  const lists = new Map<string, Map<string, number>>();
  return {
    use({ provider, state }, now) {
      const used = lists.get(provider) ?? new Map<string, number>();
      lists.set(provider, used);
      forget(used, now);
      if (used.has(state)) return false;
      if (used.size >= kept)
        throw new RootwardError('OVERLOADED', { message: 'Too many logins at once. Try again later.', retryAfterSeconds: 60 });
      used.set(state, now + ATTEMPT_MS);
      return true;
    },
    giveBack: ({ provider, state }) => {
      lists.get(provider)?.delete(state);
    },
  };
}

/** A list is in the order of use, which is the order in which attempts end. */
function forget(used: Map<string, number>, now: number): void {
  for (const [state, until] of used) {
    if (now < until) return;
    used.delete(state);
  }
}
