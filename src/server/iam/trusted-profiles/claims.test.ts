import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { type ClaimRuleDocument, claimsForRules, ruleHolds } from './claims.ts';

const REALMS = ['corp', 'https://id.example.com'];

function rule(claim: string, operator: string, value: unknown, realm_name = 'corp'): ClaimRuleDocument {
  const conditions = [{ claim, operator, value: JSON.stringify(value) }];
  return { realm_name, expiration: 3600, conditions: conditions as ClaimRuleDocument['conditions'] };
}

/** Whether a login that says `said` may do what the rule is for. */
function allows(wanted: ClaimRuleDocument, said: Record<string, unknown>, realms: readonly string[] = REALMS): boolean {
  const kept = claimsForRules([wanted], realms, said);
  return kept !== undefined && ruleHolds(wanted, JSON.parse(JSON.stringify(kept)) as typeof kept);
}

describe('a condition on a claim', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['EQUALS', 'a', 'a', true],
    ['EQUALS', 'a', ['a'], true],
    ['EQUALS', 'a', ['a', 'b'], false],
    ['EQUALS', 'a', 'A', false],
    ['EQUALS', 'true', true, true],
    ['EQUALS', '7', 7, true],
    ['EQUALS', 'a', undefined, false],
    ['EQUALS', 'a', null, false],
    ['EQUALS', 'a', { a: 'a' }, false],
    ['EQUALS_IGNORE_CASE', 'aB', 'Ab', true],
    ['EQUALS_IGNORE_CASE', 'k', '\u212A', false],
    ['NOT_EQUALS', 'a', 'b', true],
    ['NOT_EQUALS', 'a', ['b', 'a'], false],
    ['NOT_EQUALS', 'a', undefined, false],
    ['NOT_EQUALS', 'a', [], false],
    ['NOT_EQUALS_IGNORE_CASE', 'a', 'A', false],
    ['NOT_EQUALS_IGNORE_CASE', 'a', 'b', true],
    ['CONTAINS', 'admins', ['staff', 'admins'], true],
    ['CONTAINS', 'admins', ['admins-of-nothing'], false],
    ['CONTAINS', 'admins', 'not admins', false],
    ['IN', ['a', 'b'], 'b', true],
    ['IN', ['a', 'b'], ['b', 'c'], false],
    ['IN', ['a', 'b'], 'ab', false],
    ['SOMETHING', 'a', 'a', false],
  ])('%s %j of %j: %s', (operator, value, claim, holds) => {
    expect(allows(rule('groups', operator, value), claim === undefined ? {} : { groups: claim })).toBe(holds);
  });
});

test('all conditions have to hold, and a rule without one holds for nobody', () => {
  const both = {
    ...rule('a', 'EQUALS', 'x'),
    conditions: [...rule('a', 'EQUALS', 'x').conditions, ...rule('b', 'EQUALS', 'y').conditions],
  };
  expect([allows(both, { a: 'x', b: 'y' }), allows(both, { a: 'x', b: 'z' }), allows(both, { a: 'x' })]).toEqual([
    true,
    false,
    false,
  ]);
  expect(ruleHolds({ ...both, conditions: [] }, { realms: REALMS, values: { a: ['x'] } })).toBe(false);
});

test('a rule is about the people of one provider, by its name or its issuer', () => {
  for (const realm of REALMS) expect(allows(rule('a', 'EQUALS', 'x', realm), { a: 'x' })).toBe(true);
  expect(allows(rule('a', 'EQUALS', 'x', 'other'), { a: 'x' })).toBe(false);
  const { expiration, conditions } = rule('a', 'EQUALS', 'x');
  expect(allows({ expiration, conditions }, { a: 'x' })).toBe(false);
});

test('a claim is found by its whole name first, then as a path, and never in what objects inherit', () => {
  expect(allows(rule('https://example.com/groups', 'CONTAINS', 'a'), { 'https://example.com/groups': ['a'] })).toBe(true);
  expect(allows(rule('realm_access.roles', 'CONTAINS', 'a'), { realm_access: { roles: ['a'] } })).toBe(true);
  expect(allows(rule('constructor.name', 'EQUALS', 'Object'), {})).toBe(false);
  expect(allows(rule('__proto__', 'EQUALS', 'a'), JSON.parse('{"__proto__":"a"}') as Record<string, unknown>)).toBe(true);
});

test('only what rules of this provider ask for is kept, and nothing without bounds', () => {
  const rules = [rule('groups', 'CONTAINS', 'a'), rule('secret', 'EQUALS', 'a', 'other')];
  expect(claimsForRules(rules, REALMS, { groups: ['a'], secret: 'a', email: 'a' })?.values).toEqual({ groups: ['a'] });
  expect(claimsForRules(rules, REALMS, { groups: Array.from({ length: 501 }, () => 'a') })).toBeUndefined();
  expect(claimsForRules(rules, REALMS, { groups: 'a'.repeat(1001) })).toBeUndefined();
});

test('whatever a provider says, nothing throws and no rule about another text holds', { timeout: FUZZ_MS }, () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ minLength: 1 }), (said, claim) => {
      const everything = { [claim]: said };
      for (const operator of ['EQUALS', 'CONTAINS', 'IN', 'EQUALS_IGNORE_CASE'])
        expect(allows(rule(claim, operator, operator === 'IN' ? ['\u0001 nobody'] : '\u0001 nobody'), everything)).toBe(false);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
