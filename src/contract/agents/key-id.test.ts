import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationKeyId, compareActivations, encodeActivation, KEY_ID_PATTERN, keyIdBytes, keyIdFromBytes } from './key-id.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const first = {
  epoch: 0,
  number: 1,
  nonce: '00112233445566778899aabbccddeeff',
  keyId: '9f1b8c52-3f0e-4f0a-8d51-0b6f9c2f8a11',
  keyVersionId: '5d0c8d1e-41a7-4c8e-9f8b-7f0d1a2b3c4d',
};

const activation = fc.record({
  epoch: fc.integer({ min: 0, max: 0xffffffff }),
  number: fc.integer({ min: 0, max: 0xffffffff }),
  nonce: fc.stringMatching(/^[0-9a-f]{32}$/),
  keyId: fc.uuid(),
  keyVersionId: fc.uuid(),
});

test('a key id is short, opaque, and stays the same for ever', () => {
  expect(activationKeyId(first, sha256)).toBe('rw1.7jnqpjie65ezj2cddkjw2q2pc4kzt7b6fplbv5u3');
});

test('a change of any one field gives another key id', () => {
  const ids = [
    first,
    { ...first, epoch: 1 },
    { ...first, number: 2 },
    { ...first, nonce: '00112233445566778899aabbccddeefe' },
    { ...first, keyId: first.keyVersionId },
    { ...first, keyVersionId: first.keyId },
  ].map((each) => activationKeyId(each, sha256));
  expect(new Set(ids).size).toBe(ids.length);
});

test('two activations share an encoding only if they are equal', () => {
  fc.assert(
    fc.property(activation, activation, (a, b) => {
      const same = Buffer.from(encodeActivation(a)).equals(Buffer.from(encodeActivation(b)));
      expect(same).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

test('a key id and its bytes are one to one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 25, maxLength: 25 }), (bytes) => {
      const keyId = keyIdFromBytes(bytes);
      expect(keyId).toMatch(KEY_ID_PATTERN);
      expect(Buffer.from(keyIdBytes(keyId))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('text that is no key id is refused', () => {
  for (const text of [
    '',
    'rw1.',
    `rw2.${'a'.repeat(40)}`,
    `rw1.${'a'.repeat(39)}`,
    `rw1.${'A'.repeat(40)}`,
    `rw1.${'1'.repeat(40)}`,
  ]) {
    expect(() => keyIdBytes(text)).toThrow(RangeError);
  }
});

test('a later epoch is newer than any number of an earlier one', () => {
  expect(compareActivations({ epoch: 1, number: 1 }, { epoch: 0, number: 99 })).toBeGreaterThan(0);
  expect(compareActivations({ epoch: 1, number: 1 }, { epoch: 1, number: 2 })).toBeLessThan(0);
  expect(compareActivations({ epoch: 1, number: 1 }, { epoch: 1, number: 1 })).toBe(0);
});
