import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../../contract/errors.ts';
import { FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { parseSort } from './parse-sort.ts';

const NAMES = [
  'id',
  'state',
  'extractable',
  'imported',
  'creationDate',
  'lastUpdateDate',
  'lastRotateDate',
  'deletionDate',
  'expirationDate',
];

describe('an order', () => {
  it('by every property goes up, and down after a minus', () => {
    for (const name of NAMES) {
      const [up] = parseSort(name);
      expect(parseSort(`-${name}`)).toEqual([{ ...up, descending: true }]);
      expect(up?.descending).toBe(false);
    }
    expect(new Set(parseSort(NAMES.join(',')).map(({ by }) => by)).size).toBe(NAMES.length);
  });

  it('of several properties keeps their order; of none it is the default one', () => {
    expect(parseSort('-state,creationDate')).toEqual([
      { by: 'state', descending: true },
      { by: 'created_at', descending: false },
    ]);
    // The Go client sends the parameter also where it was given nothing.
    expect(parseSort('')).toEqual([]);
  });

  it.each(['name', 'ID', 'created_at', '--id', '+id', ' id', 'id,', ',id', '-', 'id state', 'id,-id', 'constructor'])(
    '%j is refused by name',
    (text) => {
      expect(() => parseSort(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_QUERY', target: { type: 'query_param', name: 'sort' } }),
      );
    },
  );

  it('of any text has known properties only, each once, or is a typed error', () => {
    const part = fc.oneof(fc.constantFrom(...NAMES, '-', ',', ',', 'name'), fc.string({ unit: 'binary', maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        try {
          const terms = parseSort(text);
          expect(terms.length).toBe(text === '' ? 0 : text.split(',').length);
          expect(new Set(terms.map(({ by }) => by)).size).toBe(terms.length);
        } catch (error) {
          expect((error as RootwardError).code).toBe('INVALID_QUERY');
          expect(error).toBeInstanceOf(RootwardError);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
