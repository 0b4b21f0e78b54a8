import { setTimeout as sleep } from 'node:timers/promises';

/** How large the next batch may be. */
export interface Pace {
  readonly size: number;
  /** Runs a batch, learns from how long it took, and rests as long again. */
  run<T>(batch: () => Promise<T>): Promise<T>;
}

const FIRST_SIZE = 10;
/** Others wait for a transaction: one that takes longer was too large. */
const LONG_MS = 30;
const SHORT_MS = 10;
const LONGEST_REST_MS = 200;

/** Lets scheduled work take half of the time at most, in transactions so short that requests between them feel little of it. */
export function createPace(largest: number): Pace {
  let size = Math.min(FIRST_SIZE, largest);
  return {
    get size() {
      return size;
    },
    async run(batch) {
      const began = performance.now();
      const result = await batch();
      const took = performance.now() - began;
      if (took > LONG_MS) size = Math.max(1, Math.floor(size / 2));
      else if (took < SHORT_MS) size = Math.min(largest, size * 2);
      await sleep(Math.min(took, LONGEST_REST_MS));
      return result;
    },
  };
}
