import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proofFrom } from './proof.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const good = {
  level: 'disk',
  passed: true,
  keyId: 'k1',
  revision: 9,
  resources: {},
  compactedRevision: 9,
  at: '2026-01-02T03:04:00Z',
};

describe('a proof', () => {
  it.each([
    ['live', ['live']],
    ['history', ['live', 'history']],
    ['disk', ['live', 'history', 'disk']],
  ])('up to the level %s shows exactly the levels that were reached', (level, shown) => {
    const proof = proofFrom({ ...good, level }, 'k1', NOW);
    expect(Object.keys(proof ?? {}).filter((name) => ['live', 'history', 'disk'].includes(name))).toEqual(shown);
    expect(proof?.provenAt).toBe('2026-01-02T03:04:05.678Z');
  });

  it.each([
    ['that did not pass', { ...good, passed: false }],
    ['for another key', { ...good, keyId: 'k2' }],
    ['of no level', { ...good, level: 'none' }],
    ['without a time', { ...good, at: undefined }],
  ])('%s is none', (_what, evidence) => {
    expect(proofFrom(evidence, 'k1', NOW)).toBeUndefined();
  });

  it('never follows from something else', () => {
    fc.assert(fc.property(fc.anything(), (evidence) => proofFrom(evidence, 'k1', NOW) === undefined));
    const field = fc.constantFrom('level', 'passed', 'keyId', 'at');
    const wrong = fc.tuple(
      field,
      fc.anything().filter((value) => typeof value !== 'string' && value !== true),
    );
    fc.assert(fc.property(wrong, ([name, value]) => proofFrom({ ...good, [name]: value }, 'k1', NOW) === undefined));
  });
});
