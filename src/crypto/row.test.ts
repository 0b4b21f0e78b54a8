import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ_MS, FUZZ_RUNS } from '../contract/testkit/fuzz-runs.ts';
import { reveal } from './reveal.ts';
import { openRow, type RowContext, sealRow } from './row.ts';

const key = createSecretKey(randomBytes(32));
const context: RowContext = { account: 'a', instance: 'i', key: 'k', version: 'v', purpose: 'key-version' };
const integrity = expect.objectContaining({ code: 'ROW_INTEGRITY' });

describe('a sealed row', () => {
  it('opens at its place with what was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        const opened = openRow(key, context, sealRow(key, context, plaintext));
        expect(reveal(opened).equals(Buffer.from(plaintext))).toBe(true);
      }),
    );
  });

  it('does not open after the change of any single bit', () => {
    const row = sealRow(key, context, randomBytes(32));
    for (let bit = 0; bit < row.length * 8; bit += 1) {
      const changed = Buffer.from(row);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => openRow(key, context, changed)).toThrow(integrity);
    }
  });

  it('does not open at any length but its own', () => {
    const row = sealRow(key, context, randomBytes(32));
    for (let length = 0; length < row.length; length += 1)
      expect(() => openRow(key, context, row.subarray(0, length))).toThrow(integrity);
    expect(() => openRow(key, context, Buffer.concat([row, Buffer.of(0)]))).toThrow(integrity);
  });

  it('does not open anywhere else', () => {
    const row = sealRow(key, context, randomBytes(32));
    for (const field of ['account', 'instance', 'key', 'version'] as const) {
      expect(() => openRow(key, { ...context, [field]: 'other' }, row)).toThrow(integrity);
    }
    expect(() => openRow(key, { ...context, purpose: 'standard-key' }, row)).toThrow(integrity);
    expect(() => openRow(createSecretKey(randomBytes(32)), context, row)).toThrow(integrity);
  });

  it('looks different each time', () => {
    const rows = Array.from({ length: 5000 }, () => sealRow(key, context, Buffer.alloc(0)).toString('hex', 1, 25));
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('never fails in another way than ROW_INTEGRITY', { timeout: FUZZ_MS }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(() => openRow(key, context, bytes)).toThrow(integrity);
        expect(() => openRow(key, context, Buffer.concat([Buffer.of(1), bytes]))).toThrow(integrity);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
