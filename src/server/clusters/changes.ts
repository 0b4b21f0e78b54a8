import type { Store, Topic } from '../../store/store.ts';

/** Lets a poll wait for the next commit instead of asking again and again. */
export interface Changes {
  /** Where the count of commits stands; take it before reading what may change. */
  mark(): number;
  /** Resolves at once if there was a commit after `mark`, else with the next one, with `close`, or after `milliseconds`. */
  after(mark: number, milliseconds: number): Promise<void>;
  /** Ends every wait, now and later. */
  close(): void;
  readonly closed: boolean;
}

const TOPICS: readonly Topic[] = ['clusters', 'keys', 'iam'];

/** Counts the commits of every topic that a cluster's processes can be affected by. */
export function createChanges(store: Store): Changes {
  let count = 0;
  let closed = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    count++;
    for (const resume of [...waiting]) resume();
  };
  for (const topic of TOPICS) store.onChange(topic, wake);
  return {
    mark: () => count,
    after(mark, milliseconds) {
      if (closed || count !== mark || milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const resume = (): void => {
          clearTimeout(timer);
          waiting.delete(resume);
          resolve();
        };
        const timer = setTimeout(resume, milliseconds);
        waiting.add(resume);
      });
    },
    close() {
      closed = true;
      wake();
    },
    get closed() {
      return closed;
    },
  };
}
