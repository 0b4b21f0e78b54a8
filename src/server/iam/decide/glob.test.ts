import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });

test('a pattern matches the whole text or nothing', () => {
  expect(matchesGlob('abc', 'abc')).toBe(true);
  expect(matchesGlob('abc', 'abcd')).toBe(false);
  expect(matchesGlob('abc', 'xabc')).toBe(false);
  expect(matchesGlob('a*', 'a')).toBe(true);
  expect(matchesGlob('a?', 'a')).toBe(false);
  expect(matchesGlob('a.c', 'abc')).toBe(false);
  expect(matchesGlob('*prod*', 'my-prod-1')).toBe(true);
});

test('agrees with the same pattern as a regular expression', () => {
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const source = Array.from(pattern, (c) =>
        c === '*' ? '[^]*' : c === '?' ? '[^]' : `\\u{${c.codePointAt(0)?.toString(16)}}`,
      );
      expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source.join('')}$`, 'u').test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a hostile pattern cannot stall a decision', () => {
  const before = performance.now();
  expect(matchesGlob(`${'*a'.repeat(500)}b`, 'a'.repeat(1000))).toBe(false);
  expect(performance.now() - before).toBeLessThan(200);
});
