import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is one, and gives it. Throws with what was waited for and the last thing seen. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  options: { readonly timeoutMs?: number; readonly intervalMs?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const end = performance.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`${what} did not come about; last seen: ${JSON.stringify(options.seen?.())}`);
    await sleep(options.intervalMs ?? 150);
  }
}
