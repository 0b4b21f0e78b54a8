import { expect, it } from 'vitest';
import { isAtLeast } from './version.ts';

it.each([
  ['3.5.0', '3.5', true],
  ['3.10.0', '3.9', true],
  ['3.4.30', '3.5', false],
  ['1.36.3', '1.29', true],
  ['1.28.15', '1.29', false],
  ['2.0.0', '1.29', true],
])('%s is at least %s: %s', (version, oldest, expected) => {
  expect(isAtLeast(version, oldest)).toBe(expected);
});
