import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FUZZ_MS, FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { compactWrapped, expandWrapped } from './wrapped-form.ts';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const usual = {
  ciphertext: randomBytes(48).toString('base64'),
  iv: randomBytes(24).toString('base64'),
  version: '4.0.0',
  handle: randomUUID(),
};

test("the key service's answer shrinks to less than half and comes back identical", () => {
  const compact = compactWrapped(encode(usual));
  expect(compact.length).toBeLessThan(encode(usual).length / 2);
  expect(expandWrapped(compact)).toBe(encode(usual));
});

test('an answer of another shape is kept as it is', () => {
  const { ciphertext, iv, version, handle } = usual;
  for (const value of [
    { iv, ciphertext, version, handle },
    { ...usual, extra: 1 },
    { ...usual, handle: 'no uuid' },
    { ...usual, handle: handle.toUpperCase().replace(/\d/g, 'A') },
    { ...usual, iv: `${iv}=` },
    { ...usual, version: 'ä€' },
    { ...usual, version: 4 },
    'no json',
    'null',
    '[1]',
  ]) {
    expect(expandWrapped(compactWrapped(encode(value)))).toBe(encode(value));
  }
});

test('text that is not canonical base64 is refused', () => {
  for (const text of ['', 'a', 'abc', 'ab==', `${encode(usual)}\n`, '!!!!']) {
    if (Buffer.from(text, 'base64').toString('base64') === text && text !== '') continue;
    expect(() => compactWrapped(text)).toThrow(RangeError);
  }
});

test('every text has one binary form, and no other bytes are accepted', { timeout: FUZZ_MS }, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 120 }),
        fc.uint8Array({ maxLength: 120 }).map((bytes) => Uint8Array.of(1, 5, ...bytes)),
      ),
      (bytes) => {
        let text: string;
        try {
          text = expandWrapped(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(compactWrapped(text)).toEqual(Buffer.from(bytes));
      },
    ),
    { numRuns: FUZZ_RUNS },
  );
  const plainFormOfCompact = Buffer.concat([Buffer.of(0), Buffer.from(encode(usual), 'base64')]);
  expect(() => expandWrapped(plainFormOfCompact)).toThrow(RangeError);
});
