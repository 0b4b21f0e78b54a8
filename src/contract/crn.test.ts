import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCrn, parseCrn } from './crn.ts';
import { FUZZ_MS, FUZZ_RUNS } from './testkit/fuzz-runs.ts';

describe('a CRN', () => {
  it('is read from exactly one text, and any other text is none', { timeout: FUZZ_MS }, () => {
    const segment = fc.oneof(fc.constantFrom('', 'a/', 'a/acc', 'b/acc', 'kms', 'crn', 'v1', 'bluemix', 'public'), fc.string());
    const ten = fc
      .array(segment, { minLength: 5, maxLength: 7 })
      .map((parts) => ['crn', 'v1', 'bluemix', 'public', ...parts].join(':'));
    fc.assert(
      fc.property(
        fc.oneof(
          ten,
          fc.array(segment).map((parts) => parts.join(':')),
        ),
        (text) => {
          const crn = parseCrn(text);
          if (crn) expect(formatCrn(crn)).toBe(text);
        },
      ),
      { numRuns: FUZZ_RUNS },
    );
    expect(parseCrn('crn:v1:bluemix:public:kms:eu-de:a/acc:guid:key:id')).toEqual({
      service: 'kms',
      location: 'eu-de',
      accountId: 'acc',
      instance: 'guid',
      resourceType: 'key',
      resource: 'id',
    });
  });
});
