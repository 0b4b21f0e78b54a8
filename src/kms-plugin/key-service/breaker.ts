import { CallFailure, EFFECTS } from '../lease/call-failure.ts';

const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Stops asking a server that does not answer, and lets one call at a time find out whether it does again. */
export interface Breaker {
  /** Runs a call and reads its answer. Throws CallFailure `breaker-open` without a call while the breaker is open. */
  readonly run: <A, R>(call: () => Promise<A>, read: (answer: A) => R) => Promise<R>;
  /** There is a sign of life from the server: the next call may go out. */
  readonly hint: () => void;
  readonly state: () => 'closed' | 'open' | 'half-open';
}

/** A breaker; `random` gives 0…1 and spreads the pauses. */
export function createBreaker(deps: { readonly clock: () => number; readonly random: () => number }): Breaker {
  let failures = 0;
  let openUntil = 0;
  let trying = false;

  const state = (): 'closed' | 'open' | 'half-open' => {
    if (failures < FAILURES_TO_OPEN) return 'closed';
    return deps.clock() < openUntil ? 'open' : 'half-open';
  };
  const failed = (): void => {
    failures += 1;
    const rounds = failures - FAILURES_TO_OPEN;
    if (rounds < 0) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(rounds, 10));
    openUntil = deps.clock() + pause * (0.5 + deps.random() / 2);
  };

  return {
    state,
    hint: () => {
      openUntil = 0;
    },
    run: async (call, read) => {
      const before = state();
      if (before === 'open' || (before === 'half-open' && trying))
        throw new CallFailure('breaker-open', 'the server did not answer several times; waiting');
      trying = before === 'half-open';
      try {
        const result = read(await call());
        failures = 0;
        return result;
      } catch (error) {
        // An answer, even a refusal, shows that the server is there.
        if (error instanceof CallFailure && !EFFECTS[error.kind].breaks) failures = 0;
        else failed();
        throw error;
      } finally {
        if (before === 'half-open') trying = false;
      }
    },
  };
}
