import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canaryNeedle, needlesOf } from './canary.ts';

it('one of the needles is found in hex and in base64 of any text around the bytes', () => {
  const bytes = canaryNeedle('run', 0);
  const needles = needlesOf('canary', bytes);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (before, after) => {
      const whole = Buffer.concat([before, bytes, after]);
      for (const encoding of ['hex', 'base64'] as const) {
        const text = Buffer.from(whole.toString(encoding));
        expect(needles.some((needle) => text.includes(needle.bytes))).toBe(true);
      }
      expect(needles.some((needle) => whole.includes(needle.bytes))).toBe(true);
    }),
  );
});

it('every run and apiserver has a needle of its own', () => {
  const all = [canaryNeedle('a', 0), canaryNeedle('a', 1), canaryNeedle('b', 0)].map((bytes) => bytes.toString('hex'));
  expect(new Set(all).size).toBe(3);
});
