import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailure, EFFECTS } from '../lease/call-failure.ts';

const PAUSE_MS = 50;
const SHORTEST_ATTEMPT_MS = 100;

/** Tries a call again while its failure may pass and the budget lasts. `attempt` gets the milliseconds that it may take. */
export async function withinBudget<R>(
  budgetMs: number,
  deps: { readonly clock: () => number; readonly random: () => number },
  attempt: (timeoutMs: number) => Promise<R>,
): Promise<R> {
  const end = deps.clock() + budgetMs;
  for (let tries = 1; ; tries += 1) {
    // The first attempt leaves room for a second one; a server that is merely slow gets the longer rest.
    const left = end - deps.clock();
    try {
      return await attempt(Math.max(SHORTEST_ATTEMPT_MS, tries === 1 ? left * 0.45 : left));
    } catch (error) {
      const pause = PAUSE_MS * 2 ** tries * (0.5 + deps.random() / 2);
      const passes = error instanceof CallFailure && EFFECTS[error.kind].again;
      if (!passes || deps.clock() + pause + SHORTEST_ATTEMPT_MS > end) throw error;
      await sleep(pause);
    }
  }
}
