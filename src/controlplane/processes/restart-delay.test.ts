import { expect, it } from 'vitest';
import { restartDelay } from './restart-delay.ts';

const CRASH = { clean: false, livedMs: 100 };

it('starts again at once after a clean end', () => {
  expect(restartDelay(4, { clean: true, livedMs: 5000 })).toEqual({ failures: 0, delayMs: 0 });
});

it('doubles from 0.2 s up to 10 s after crashes', () => {
  const delays: number[] = [];
  let failures = 0;
  for (let round = 0; round < 8; round += 1) {
    const next = restartDelay(failures, CRASH);
    failures = next.failures;
    delays.push(next.delayMs);
  }
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

it('counts anew after a process that lived long', () => {
  expect(restartDelay(7, { clean: false, livedMs: 60_000 })).toEqual({ failures: 1, delayMs: 200 });
});

it('does not spin on a process that ends cleanly right after its start', () => {
  expect(restartDelay(2, { clean: true, livedMs: 10 }).delayMs).toBe(800);
});
