import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { foldNames } from './fold-names.ts';

const schema = Type.Object({ name: Type.String(), keys: Type.Array(Type.Object({ keyRingID: Type.String() })) });

describe('names of fields', () => {
  it('fit in any case and at any depth', () => {
    expect(foldNames(schema)?.({ Name: 'a', KEYS: [{ KeyRingId: 'b' }] })).toEqual({ name: 'a', keys: [{ keyRingID: 'b' }] });
  });

  it('in their right case go before the same in another', () => {
    expect(foldNames(schema)?.({ name: 'right', NAME: 'wrong' })).toEqual({ name: 'right', NAME: 'wrong' });
  });

  it('that are not known stay, and so does everything that is no object', () => {
    expect(foldNames(schema)?.({ Other: 1, keys: 'text' })).toEqual({ Other: 1, keys: 'text' });
    for (const value of [null, undefined, 1, 'text', [1]]) expect(foldNames(schema)?.(value)).toEqual(value);
    expect(foldNames(Type.String())).toBeUndefined();
  });

  it('take any JSON and lose no value of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const folded = JSON.stringify(foldNames(schema)?.(JSON.parse(JSON.stringify(value))));
        expect(folded.length).toBe(JSON.stringify(value).length);
      }),
    );
  });
});
