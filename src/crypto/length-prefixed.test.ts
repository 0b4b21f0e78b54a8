import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeList } from './length-prefixed.ts';

const list = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 5 });

describe('the encoding of a list', () => {
  it('differs for different lists', () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(encodeList(a).equals(encodeList(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2000 },
    );
  });

  it('differs however the same text is split', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (text, first, second) => {
        const [a, b] = [first % (text.length + 1), second % (text.length + 1)];
        const split = (at: number): Buffer => encodeList([text.slice(0, at), text.slice(at)]);
        expect(split(a).equals(split(b))).toBe(a === b);
        expect(split(a).equals(encodeList([text]))).toBe(false);
      }),
    );
  });

  it('is what it always was', () => {
    expect(encodeList(['é', Buffer.of(1)]).toString('hex')).toBe('0000000200000002c3a90000000101');
    expect(encodeList([]).toString('hex')).toBe('00000000');
  });

  it('refuses text that has no UTF-8 form', () => {
    expect(() => encodeList(['\ud800'])).toThrow('surrogate');
  });
});
