/** Runs tasks with a bound on how many at once and how many per second. The first error stops it. */
import { pause } from './step.ts';

export interface PacedPool {
  /** Returns when the task has started; waits for a free place and for its turn. @throws the first error of any task */
  add(task: () => Promise<void>): Promise<void>;
  /** Returns when all tasks have ended. @throws the first error of any task */
  drain(): Promise<void>;
}

export function pacedPool(limits: {
  readonly concurrency: number;
  readonly qps: number;
  readonly signal: AbortSignal;
}): PacedPool {
  const running = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  let nextAt = 0;
  const raise = () => {
    if (failed !== undefined) throw failed.error;
  };
  return {
    async add(task) {
      while (running.size >= limits.concurrency) await Promise.race(running);
      raise();
      const now = performance.now();
      if (nextAt > now) await pause(nextAt - now, limits.signal);
      nextAt = Math.max(now, nextAt) + 1000 / limits.qps;
      const run = task()
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => running.delete(run));
      running.add(run);
    },
    async drain() {
      await Promise.all(running);
      raise();
    },
  };
}
