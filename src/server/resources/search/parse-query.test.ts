import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RootwardError } from '../../../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { matches, matchesPattern } from './matches.ts';
import { type Condition, parseQuery } from './parse-query.ts';
import { tokensOf } from './tokens.ts';

const KMS = {
  crn: 'crn:v1:bluemix:public:kms:us-south:a/abc:1234::',
  name: 'Payments „Ключ" 🔑',
  family: 'resource_controller',
  type: 'resource-instance',
  region: 'us-south',
  service_name: 'kms',
  tags: ['prod', 'team:a'],
  doc: { sub_type: 'kms', locked: false, extensions: { endpoints: { public: 'http://x' } } },
};
const finds = (query: string) => matches(KMS, parseQuery(query));

describe('a query', () => {
  test.each([
    '',
    '*',
    '*:*',
    '(type:resource-instance AND doc.sub_type:kms)',
    'type:resource-instance && doc.sub_type:kms',
    'name:payments*',
    'name:"payments „ключ\\" 🔑"',
    'name:*ключ*',
    'name:*?',
    'region:(us-south OR eu-de)',
    'region:(NOT eu-de AND us-*)',
    'NOT region:eu-de',
    '!region:eu-de',
    'NOT NOT region:us-south',
    'crn:crn:v1:bluemix:public:kms:us-south:a/abc:1234::',
    'crn:"crn:v1:bluemix:public:kms:us-south:a/abc:1234::"',
    'crn:*:kms:*',
    'tags:prod',
    'tags:team\\:a',
    'prod',
    'payments*',
    '*🔑',
    'doc.extensions.endpoints.public:http*',
    'doc.locked:false',
    'region:eu-de OR region:us-south AND service_name:KMS',
    'region:us-south OR region:eu-de AND region:eu-gb',
    'region:eu-gb AND region:eu-de OR region:us-south',
    '(region:eu-de OR region:us-south) AND NOT (type:k8-cluster OR name:other)',
    'name:and OR region:us-south',
  ])('%j finds what fits', (query) => {
    expect(finds(query)).toBe(true);
  });

  test.each([
    'type:resource',
    'type:resource-instance AND doc.sub_type:hs-crypto',
    'name:payments',
    'name:"payments*"',
    'name:payments\\*',
    'NOT region:us-south',
    'region:(eu-de OR eu-gb)',
    'doc.missing:x',
    'doc.extensions:x',
    'doc.__proto__.x:y',
    'service_instance:*',
    'region:eu-de AND region:us-south OR region:eu-gb',
    'region:u?-sout',
  ])('%j finds nothing that does not', (query) => {
    expect(finds(query)).toBe(false);
  });

  test.each([
    ['region:', 8, 'value is missing'],
    ['region: x', 8, 'value is missing'],
    ['(region:x', 10, 'not closed'],
    ['region:x)', 9, 'never opened'],
    ['()', 2, 'condition is missing'],
    ['AND region:x', 1, 'before AND'],
    ['region:x AND', 13, 'ends'],
    ['region:x OR OR region:y', 13, 'before OR'],
    ['NOT', 4, 'ends'],
    ['region:x region:y', 10, 'AND or OR'],
    ['a b', 3, 'AND or OR'],
    ['colour:red', 1, 'no field colour'],
    ['doc:x', 1, 'no field doc'],
    ['doc..x:y', 1, 'no field'],
    ['region:(name:x)', 9, 'inside another'],
    ['creation_date:[a TO b]', 15, 'ranges'],
    ['name:/x/', 6, 'regular expressions'],
    ['name:x~2', 7, 'fuzzy'],
    ['name:x^2', 7, 'weights'],
    ['+name:x', 1, 'AND'],
    ['-name:x', 1, 'NOT'],
    ['name:"x', 6, 'does not end'],
    ['name:x"y"', 7, 'quotation mark'],
    ['name:x\\', 7, 'backslash'],
    ['('.repeat(40), 33, 'parentheses'],
    [Array.from({ length: 130 }, () => 'x').join(' OR '), 641, 'too many'],
  ])('%j is refused, and says where and why', (query, position, why) => {
    expect(() => parseQuery(query)).toThrow(
      expect.objectContaining({
        code: 'SEARCH_QUERY',
        message: expect.stringMatching(new RegExp(`at character ${position}: .*${why}`)),
        target: { type: 'field', name: 'query' },
      }),
    );
  });

  test('whatever it is, is read or refused by name', { timeout: FUZZ_MS }, () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'AND',
        'OR',
        'NOT',
        '(',
        ')',
        '"',
        '\\',
        '*',
        '?',
        ' ',
        ':',
        'name:',
        'doc.x:',
        'region:(',
        '!',
        '&&',
        '~',
        '[',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        let condition: Condition;
        try {
          condition = parseQuery(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).code).toBe('SEARCH_QUERY');
          return;
        }
        expect(typeof matches(KMS, condition)).toBe('boolean');
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test('that quotes any text finds what is called so, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, other) => {
        const query = `name:"${name.replace(/["\\]/g, '\\$&')}"`;
        expect(matches({ crn: '', name }, parseQuery(query))).toBe(true);
        const isSame = foldOf(name) === foldOf(other);
        expect(matches({ crn: '', name: other }, parseQuery(query))).toBe(isSame);
      }),
    );
  });

  test('combines conditions as logic does', () => {
    const leaf = fc.constantFrom(
      { text: 'region:us-south', is: true },
      { text: 'region:eu-de', is: false },
      { text: 'tags:prod', is: true },
    );
    const { tree } = fc.letrec<{ tree: { text: string; is: boolean } }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({ text: `(${a.text} AND ${b.text})`, is: a.is && b.is })),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({ text: `(${a.text} OR ${b.text})`, is: a.is || b.is })),
        tie('tree').map((a) => ({ text: `NOT ${a.text}`, is: !a.is })),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ text, is }) => {
        expect([text, finds(text)]).toEqual([text, is]);
      }),
    );
  });
});

test('a hostile pattern does not stall a match', () => {
  const query = `name:${'*a'.repeat(1000)}b`;
  const token = tokensOf(query)[1];
  const pattern = token?.kind === 'value' ? token.pattern : [];
  const began = performance.now();
  expect(matchesPattern(pattern, 'a'.repeat(2000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

function foldOf(text: string): string {
  return Array.from(text)
    .map((char) => char.toLowerCase())
    .join('');
}
