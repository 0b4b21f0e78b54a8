import { expect, test } from 'vitest';
import { RecentIds } from './recent-ids.ts';

const batch = (name: string, size: number) => Array.from({ length: size }, (_, index) => `${name}-${index}`);

test('ids are known while they are few, however often a checkpoint is written', () => {
  const ids = new RecentIds(batch('recovered', 2));
  ids.add(batch('a', 3));
  for (let checkpoint = 0; checkpoint < 5; checkpoint += 1) ids.age();
  expect(ids.has('recovered-1')).toBe(true);
  expect(ids.has('a-2')).toBe(true);
  expect(ids.has('a-3')).toBe(false);
});

test('of many, those before the last checkpoint but one are forgotten, asked for or not', () => {
  const ids = new RecentIds([]);
  ids.add(batch('a', 70_000));
  expect(ids.has('a-69999')).toBe(true);
  ids.age();
  ids.add(batch('b', 70_000));
  expect([ids.has('a-0'), ids.has('b-0')]).toEqual([true, true]);
  ids.age();
  ids.add(batch('c', 1));
  expect([ids.has('a-0'), ids.has('b-69999'), ids.has('c-0')]).toEqual([false, true, true]);
});
