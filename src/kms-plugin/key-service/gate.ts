import { RootwardError } from '../../contract/errors.ts';

/** Runs at most `limit` tasks at once and lets at most `queue` wait; refuses more with OVERLOADED, rather than let all of them time out. */
export type Gate = <R>(task: () => Promise<R>) => Promise<R>;

export function createGate(limit: number, queue: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async (task) => {
    if (running >= limit) {
      if (waiting.length >= queue) throw new RootwardError('OVERLOADED', { message: 'too many calls are in progress' });
      // The place is handed over by the one that leaves, so `running` already counts it.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
