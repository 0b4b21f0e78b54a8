import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRecordAuthentic, type RecordField, recordMac } from './record-mac.ts';

const key = createSecretKey(Buffer.alloc(32, 3));
const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.constant(null));
const record = fc.array(fc.tuple(fc.string(), value), { maxLength: 6 });

describe('the MAC of a record', () => {
  it('is that of one record only: whatever differs in a name, a value, its type, or the order', () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        const mac = recordMac(key, 'key', one);
        expect(isRecordAuthentic(key, 'key', one, mac)).toBe(true);
        expect(isRecordAuthentic(key, 'key', other, mac)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('tells nothing, an empty text, zero and "0" apart', () => {
    const values = [null, '', 0, '0', 'n', 'i0', 'null'];
    for (const one of values) {
      for (const other of values) {
        const mac = recordMac(key, 'key', [['a', one]]);
        expect(isRecordAuthentic(key, 'key', [['a', other]], mac), `${String(one)} ${String(other)}`).toBe(one === other);
      }
    }
  });

  it('is refused with any bit changed, cut or prolonged, and where there is none', () => {
    const fields: RecordField[] = [['a', 'b']];
    const mac = recordMac(key, 'key', fields);
    for (let bit = 0; bit < mac.length * 8; bit += 1) {
      const changed = Buffer.from(mac);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(isRecordAuthentic(key, 'key', fields, changed)).toBe(false);
    }
    for (const other of [
      null,
      undefined,
      Buffer.alloc(0),
      mac.subarray(1),
      mac.subarray(0, -1),
      Buffer.concat([mac, Buffer.alloc(1)]),
    ])
      expect(isRecordAuthentic(key, 'key', fields, other)).toBe(false);
  });

  it('is made of text, whole numbers and nothing only', () => {
    for (const other of [1.5, Number.NaN, 2 ** 53, 1n, true, undefined, new Uint8Array(1), {}, '\ud800']) {
      expect(() => recordMac(key, 'key', [['a', other]])).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
      expect(isRecordAuthentic(key, 'key', [['a', other]], recordMac(key, 'key', [['a', null]]))).toBe(false);
    }
    // -0 is 0: no engine stores it.
    expect(recordMac(key, 'key', [['a', -0]])).toEqual(recordMac(key, 'key', [['a', 0]]));
  });
});
