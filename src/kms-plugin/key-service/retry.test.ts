import { expect, test } from 'vitest';
import { CallFailure, type FailureKind } from '../lease/call-failure.ts';
import { withinBudget } from './retry.ts';

const deps = { clock: () => performance.now(), random: () => 0 };

async function triesOf(kind: FailureKind, budgetMs = 600): Promise<{ tries: number; took: number }> {
  let tries = 0;
  const startedAt = performance.now();
  await expect(
    withinBudget(budgetMs, deps, async () => {
      tries += 1;
      throw new CallFailure(kind, 'failed');
    }),
  ).rejects.toThrow('failed');
  return { tries, took: performance.now() - startedAt };
}

test('what may pass is tried again, within the budget', async () => {
  const { tries, took } = await triesOf('server-error');
  expect(tries).toBeGreaterThan(1);
  expect(took).toBeLessThan(650);
});

test('a refusal is not asked for twice', async () => {
  for (const kind of ['suspended', 'destroyed', 'denied', 'wrap-state', 'ciphertext', 'wrong-server', 'breaker-open'] as const) {
    expect((await triesOf(kind)).tries).toBe(1);
  }
});

test('the first attempt leaves time for a second one', async () => {
  const times: number[] = [];
  await expect(
    withinBudget(1000, deps, async (timeoutMs) => {
      times.push(timeoutMs);
      await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      throw new CallFailure('timeout', 'late');
    }),
  ).rejects.toThrow('late');
  expect(times.length).toBe(2);
  expect(times[0]).toBeLessThan(500);
});
