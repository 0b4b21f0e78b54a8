import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { pacedPool } from './paced-pool.ts';

const { signal } = new AbortController();

it('never runs more at once than allowed, and runs all', async () => {
  const pool = pacedPool({ concurrency: 3, qps: 10_000, signal });
  let running = 0;
  let most = 0;
  let done = 0;
  for (let index = 0; index < 20; index += 1) {
    await pool.add(async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(2);
      running -= 1;
      done += 1;
    });
  }
  await pool.drain();
  expect({ most, done }).toEqual({ most: 3, done: 20 });
});

it('keeps to the rate', async () => {
  const pool = pacedPool({ concurrency: 10, qps: 50, signal });
  const started = performance.now();
  for (let index = 0; index < 11; index += 1) await pool.add(async () => undefined);
  await pool.drain();
  expect(performance.now() - started).toBeGreaterThan(190);
});

it('stops with the first error and when it is told to stop', async () => {
  const pool = pacedPool({ concurrency: 1, qps: 1000, signal });
  await pool.add(async () => {
    throw new Error('first');
  });
  await expect(pool.add(async () => undefined).then(() => pool.add(async () => undefined))).rejects.toThrow('first');
  const stop = new AbortController();
  const slow = pacedPool({ concurrency: 1, qps: 1, signal: stop.signal });
  await slow.add(async () => undefined);
  setTimeout(() => stop.abort(new Error('stopped')), 20);
  await expect(slow.add(async () => undefined)).rejects.toThrow('stopped');
});
