import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../../contract/errors.ts';
import { FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { parseSearch } from './parse-search.ts';

const BOTH = ['name', 'alias'];

describe('a search', () => {
  it.each([
    ['pay', { query: 'pay', scopes: BOTH, not: false, exact: false }],
    // The Go client ends every search with a comma.
    ['pay,', { query: 'pay', scopes: BOTH, not: false, exact: false }],
    ['pay,,', { query: 'pay,', scopes: BOTH, not: false, exact: false }],
    ['name:pay', { query: 'pay', scopes: ['name'], not: false, exact: false }],
    ['alias:name:pay', { query: 'pay', scopes: BOTH, not: false, exact: false }],
    ['exact:alias:not:pay', { query: 'pay', scopes: ['alias'], not: true, exact: true }],
    ['alias:exact:pay', { query: 'pay', scopes: ['alias'], not: false, exact: true }],
    ['not:not:pay', { query: 'pay', scopes: BOTH, not: true, exact: false }],
    ['exact:escape:not:name:x', { query: 'not:name:x', scopes: BOTH, not: false, exact: true }],
    ['escape:escape:', { query: 'escape:', scopes: BOTH, not: false, exact: false }],
    ['pay:not:x', { query: 'pay:not:x', scopes: BOTH, not: false, exact: false }],
    ['NOT:x', { query: 'NOT:x', scopes: BOTH, not: false, exact: false }],
    [' pay ', { query: ' pay ', scopes: BOTH, not: false, exact: false }],
  ])('%s is understood', (text, search) => {
    expect(parseSearch(text)).toEqual(search);
  });

  it.each(['', ',', 'not:', 'exact:alias:', 'escape:', 'escape:,', 'name:,'])('%j without a term is refused by name', (text) => {
    expect(() => parseSearch(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_QUERY', target: { type: 'query_param', name: 'search' } }),
    );
  });

  it('of any text is a term that ends it, or a typed error', () => {
    const parts = fc.constantFrom('not:', 'exact:', 'escape:', 'name:', 'alias:', ':', ',', 'not', 'Exact:', ' ');
    const text = fc
      .array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 8 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (sent) => {
        let search: ReturnType<typeof parseSearch>;
        try {
          search = parseSearch(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).code).toBe('INVALID_QUERY');
          return;
        }
        expect(search.query).not.toBe('');
        expect(sent).toContain(search.query);
        expect(search.scopes.length).toBeGreaterThan(0);
        // What is left is no option any more, unless it was escaped.
        if (!sent.includes('escape:')) expect(search.query).not.toMatch(/^(not|exact|name|alias):/);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
