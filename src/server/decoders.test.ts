import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../contract/errors.ts';
import { defineOperation } from '../contract/operation.ts';
import { createPolicy } from '../contract/policies/create.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../contract/testkit/fuzz-runs.ts';
import { grants, parseDocument } from './iam/decide/policy-document.ts';
import { checkPolicy } from './iam/policies/checks/check-policy.ts';
import { fromV1 } from './iam/policies/wire/request-v1.ts';
import { parseCrnPattern } from './kms/registrations/crn-pattern.ts';
import { addressSet, isCidr } from './network/cidr.ts';
import { compileCheck } from './validate.ts';

const LIMITS = { timeout: FUZZ_MS };
const RUNS = { numRuns: FUZZ_RUNS };

const listed = defineOperation({
  name: 'things.list',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/things', success: 200 },
  action: 'public',
  mutates: false,
  input: { query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1 })), force: Type.Optional(Type.Boolean()) }) },
  output: undefined,
  sensitive: [],
  errors: [],
  summary: 'List things',
});

/** The codes of refusals that are no failure of the decoder. */
function refusal(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof RootwardError) return error.code;
    throw error;
  }
}

describe('any input', () => {
  it('as a query is numbers and yes or no where these are wanted, or refused as a query', LIMITS, () => {
    const check = compileCheck(listed);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('1', '0', '-1', '1e3', '0x10', '１', ' 1', '1 ', '9007199254740993', 'true', 'TRUE', 'false', 'yes', ''),
    );
    const value = fc.oneof(text, fc.array(text), fc.constant(undefined));
    fc.assert(
      fc.property(fc.record({ limit: value, force: value, other: value }), (query) => {
        const given = { params: {}, headers: {}, body: undefined, query };
        const code = refusal(() => {
          const { limit, force } = check(given).query as { limit?: unknown; force?: unknown };
          if (limit !== undefined)
            expect(Number.isSafeInteger(limit) && String(limit) === String(query.limit).replace(/^0+(?=\d)/, '')).toBe(true);
          if (force !== undefined) expect(String(force)).toBe(String(query.force).toLowerCase());
        });
        if (code !== undefined) expect(code).toBe('INVALID_QUERY');
      }),
      RUNS,
    );
  });

  it('as a CIDR is one whose addresses can be looked up, or none', LIMITS, () => {
    const part = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.constantFrom('', '::', '%lo', '/', '0', '33', '129', '-1', '1e1'),
    );
    const text = fc.oneof(
      fc.string(),
      fc.tuple(part, fc.constantFrom('/', '', '//'), part).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (cidr, address) => {
        if (!isCidr(cidr)) return;
        const set = addressSet([cidr]);
        expect(set.has(address)).toBeTypeOf('boolean');
        expect(set.has(cidr.split('/')[0] ?? '')).toBe(true);
      }),
      RUNS,
    );
  });

  it('as the CRN that a list is narrowed by gives its literal texts, or is refused as a query', LIMITS, () => {
    const segment = fc.oneof(fc.constantFrom('', '*', 'crn', 'a*', '*a', '%', '_', '!'), fc.string());
    const text = fc.array(segment, { minLength: 8, maxLength: 10 }).map((parts) => ['crn', ...parts].join(':'));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.constantFrom('one key' as const, 'all keys' as const), (pattern, of) => {
        const code = refusal(() => expect(parseCrnPattern(pattern, of).join('*')).toBe(pattern));
        if (code !== undefined) expect(code).toBe('INVALID_QUERY');
      }),
      RUNS,
    );
  });

  it('as an access policy is stored in a form that decides as it is read again, or refused', LIMITS, () => {
    const name = fc.oneof(
      fc.constantFrom('serviceName', 'accountId', 'serviceInstance', 'keyRing', 'resource', 'iam_id', '__proto__', 'constructor'),
      fc.string(),
    );
    const value = fc.oneof(fc.constantFrom('kms', 'acc', 'default', '*', 'containers-kubernetes', 'IBMid-1'), fc.string());
    const operator = fc.constantFrom('stringEquals' as const, 'stringMatch' as const, undefined);
    const attributes = fc.array(
      fc.record({ name, value, operator }).map(({ operator: how, ...rest }) => (how ? { ...rest, operator: how } : rest)),
      { maxLength: 5 },
    );
    const role = fc.oneof(
      fc.constantFrom('Reader', 'Manager', 'Writer').map((title) => `crn:v1:bluemix:public:iam::::serviceRole:${title}`),
      fc.string(),
    );
    const request = fc.record({
      type: fc.constantFrom('access' as const, 'authorization' as const),
      subjects: fc.array(fc.record({ attributes }), { maxLength: 2 }),
      resources: fc.array(
        fc.record({
          attributes: attributes.map((some) => [
            ...some,
            { name: 'accountId', value: 'acc' },
            { name: 'serviceName', value: 'kms' },
          ]),
        }),
        { maxLength: 2 },
      ),
      roles: fc.array(fc.record({ role_id: role }), { maxLength: 3 }),
    });
    const target = { serviceName: 'kms', accountId: 'acc', serviceInstance: 'guid', keyRing: 'default' };
    fc.assert(
      fc.property(request, (given) => {
        const code = refusal(() => {
          const { document } = checkPolicy(fromV1(given), 'acc');
          const again = parseDocument(JSON.stringify(document));
          expect(grants(again, 'kms.secrets.wrap', target)).toBe(grants(document, 'kms.secrets.wrap', target));
          expect(grants(again, 'kms.secrets.wrap', { ...target, accountId: 'other' })).toBe(false);
        });
        if (code !== undefined) expect(['INVALID_FIELD', ...createPolicy.errors]).toContain(code);
      }),
      RUNS,
    );
  });
});
