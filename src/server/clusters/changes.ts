import type { Store, Topic } from '../../store/store.ts';

/** Lets a poll wait for the next commit instead of asking again and again. */
export interface Changes {
  /** Where the count of commits stands; take it before reading what may change. */
  mark(): number;
  /** Resolves soon if there was a commit after `mark`, else with the next one, with `close`, `signal`, or after `milliseconds`. */
  after(mark: number, milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Ends every wait, now and later. */
  close(): void;
  readonly closed: boolean;
}

const TOPICS: readonly Topic[] = ['clusters', 'keys', 'iam'];

/** Commits that come together wake once, so that many of them do not make every poll read everything again for each. */
const TOGETHER_MS = 20;

/** Counts the commits of every topic that a cluster's processes can be affected by. */
export function createChanges(store: Store): Changes {
  let count = 0;
  let closed = false;
  let waking: NodeJS.Timeout | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    waking = undefined;
    for (const resume of [...waiting]) resume();
  };
  const committed = (): void => {
    count++;
    waking ??= setTimeout(wake, TOGETHER_MS);
  };
  for (const topic of TOPICS) store.onChange(topic, committed);
  return {
    mark: () => count,
    after(mark, milliseconds, signal) {
      const due = count !== mark && waking === undefined;
      if (closed || due || milliseconds <= 0 || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const resume = (): void => {
          clearTimeout(timer);
          waiting.delete(resume);
          signal?.removeEventListener('abort', resume);
          resolve();
        };
        const timer = setTimeout(resume, milliseconds);
        waiting.add(resume);
        signal?.addEventListener('abort', resume);
      });
    },
    close() {
      closed = true;
      clearTimeout(waking);
      wake();
    },
    get closed() {
      return closed;
    },
  };
}
