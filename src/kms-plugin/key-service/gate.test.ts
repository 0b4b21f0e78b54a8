import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('runs no more than the limit at once, queues the next ones in order, and refuses the rest', async () => {
  const gate = createGate(2, 3);
  let running = 0;
  let most = 0;
  const finish: (() => void)[] = [];
  const order: number[] = [];
  const calls = Array.from({ length: 7 }, (_, each) =>
    gate(async () => {
      order.push(each);
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
    }),
  );
  const results = Promise.allSettled(calls);
  while (order.length < 5 || finish.length > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    finish.shift()?.();
  }
  const codes = (await results).map((result) =>
    result.status === 'rejected' ? (result.reason as { code: string }).code : 'done',
  );
  expect(codes).toEqual(['done', 'done', 'done', 'done', 'done', 'OVERLOADED', 'OVERLOADED']);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

test('a task that fails gives its place back', async () => {
  const gate = createGate(1, 0);
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate(async () => 'next')).toBe('next');
});
