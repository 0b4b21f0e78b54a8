import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeCaller } from './kube-caller.ts';

const PAUSE_MS = 200;

/** Reads a path again and again; `stop` tells how often it was read and what the other answers were. */
export function startReading(kube: KubeCaller, path: string) {
  const other: number[] = [];
  let reads = 0;
  let isDone = false;
  const reading = (async () => {
    while (!isDone) {
      const { status } = await kube.send('GET', path);
      reads += 1;
      if (status !== 200) other.push(status);
      await sleep(PAUSE_MS);
    }
  })();
  return {
    async stop() {
      isDone = true;
      await reading;
      return { reads, other };
    },
  };
}
