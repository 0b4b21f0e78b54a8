import { type Authentications, addAuthentications } from '../../../store/iam/authentications.ts';
import type { Store } from '../../../store/store.ts';

const EVERY_MS = 5000;
/** Identities whose logins wait at the most; whoever comes on top of them is not counted until these are written. */
const MOST_WAITING = 10_000;

/**
 * Counts logins, so that people find keys that nobody uses. A login never waits for it and never fails by it: counts are kept in
 * memory and written together now and then. A crash takes those of the last seconds, and nothing is ever decided by them.
 */
export interface LoginCounts {
  /** Of an identity that is logged in, and the API key by which it is. `at` in ms since 1970. */
  add(accountId: string, ids: readonly string[], at: number): void;
  /** Writes what waits. Rejects where that failed; it waits on. */
  flush(): Promise<void>;
  start(): void;
  /** Writes what waits, once more. Never rejects. */
  stop(): Promise<void>;
}

export function createLoginCounts(store: Store, onFailure: (error: unknown) => void): LoginCounts {
  let waiting = new Map<string, Authentications>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  function put(one: Authentications): void {
    const known = waiting.get(one.id);
    if (!known && waiting.size >= MOST_WAITING) return;
    const times = one.times + (known?.times ?? 0);
    waiting.set(one.id, { ...one, times, lastAt: Math.max(one.lastAt, known?.lastAt ?? 0) });
  }

  async function write(): Promise<void> {
    if (waiting.size === 0) return;
    const taken = [...waiting.values()];
    waiting = new Map();
    try {
      // No topic: nothing that is cached says how often somebody has logged in.
      await store.change([], (tx) => addAuthentications(tx, taken));
    } catch (error) {
      for (const one of taken) put(one);
      throw error;
    }
  }

  const flush = (): Promise<void> => {
    // One after the other, so that what a failed write gives back is not written beside it.
    const next = (writing ?? Promise.resolve()).catch(() => undefined).then(write);
    writing = next;
    return next;
  };

  return {
    add(accountId, ids, at) {
      for (const id of ids) put({ accountId, id, times: 1, lastAt: at });
    },
    flush,
    start() {
      timer = setInterval(() => void flush().catch(onFailure), EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await flush().catch(onFailure);
    },
  };
}
