import { beforeEach, expect, test } from 'vitest';
import { CallFailure, type FailureKind } from '../lease/call-failure.ts';
import { type Breaker, createBreaker } from './breaker.ts';

let now: number;
let calls: number;
let breaker: Breaker;
const run = async (kind?: FailureKind): Promise<string> => {
  try {
    return await breaker.run(
      async () => {
        calls += 1;
        if (kind !== undefined) throw new CallFailure(kind, 'failed');
      },
      () => 'ok',
    );
  } catch (error) {
    return (error as CallFailure).kind;
  }
};
const fail = async (times: number, kind: FailureKind = 'timeout'): Promise<void> => {
  for (let each = 0; each < times; each += 1) await run(kind);
};

beforeEach(() => {
  now = 0;
  calls = 0;
  breaker = createBreaker({ clock: () => now, random: () => 1 });
});

test('opens after five failures in a row, and then asks nobody', async () => {
  await fail(5);
  expect(await run()).toBe('breaker-open');
  expect(calls).toBe(5);
});

test('four failures and a success leave it closed', async () => {
  await fail(4);
  expect(await run()).toBe('ok');
  await fail(4);
  expect(breaker.state()).toBe('closed');
});

test('refusals by a living server do not open it', async () => {
  await fail(20, 'suspended');
  await fail(20, 'unauthorized');
  expect(breaker.state()).toBe('closed');
});

test('after the pause one call finds out; others wait for it', async () => {
  await fail(5);
  now = 500;
  expect(breaker.state()).toBe('half-open');
  const [first, second] = await Promise.all([run(), run()]);
  expect([first, second]).toEqual(['ok', 'breaker-open']);
  expect(breaker.state()).toBe('closed');
});

test('the pause doubles with every failed try, up to ten seconds', async () => {
  await fail(5);
  for (const pause of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
    now += pause - 1;
    expect(await run()).toBe('breaker-open');
    now += 1;
    expect(await run('timeout')).toBe('timeout');
  }
});

test('a sign of life lets the next call out at once', async () => {
  await fail(5);
  breaker.hint();
  expect(await run()).toBe('ok');
});
