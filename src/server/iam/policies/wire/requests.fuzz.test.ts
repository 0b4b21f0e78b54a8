import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RootwardError } from '../../../../contract/errors.ts';
import type { Operation } from '../../../../contract/operation.ts';
import { createPolicy } from '../../../../contract/policies/create.ts';
import { createPolicyV2 } from '../../../../contract/policies/create-v2.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../../../contract/testkit/fuzz-runs.ts';
import type { Principal } from '../../../principal.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';
import { compileCheck } from '../../../validate.ts';
import { type PolicyDocument, parseDocument } from '../../decide/policy-document.ts';
import { type NewPolicy, resolveNewPolicy } from '../new-policy.ts';
import { presentV1, presentV2 } from './present.ts';
import { fromV1 } from './request-v1.ts';
import { fromV2 } from './request-v2.ts';

let server: TestServer;
let owner: Principal;
let accountId: string;
beforeAll(async () => {
  server = await startTestServer();
  owner = await server.authenticate(server.ownerToken);
  accountId = server.account.accountId;
});
afterAll(() => server[Symbol.asyncDispose]());

const NAMES = ['serviceInstance', 'resourceGroupId', 'region', 'resourceType', 'resource', 'keyRing', 'serviceType'];
const junk = fc.oneof(fc.jsonValue(), fc.constant(undefined));
const mostly = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: junk });
const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...NAMES) },
  fc.constantFrom('__proto__', 'constructor', '', 'accountId', 'serviceName', 'iam_id'),
  fc.string(),
);
const text = fc.oneof(
  fc.constantFrom('kms', 'service', 'ACCOUNT', '*', 'a?b', 'caf\u00e9', 'cafe\u0301'),
  fc.string({ minLength: 1 }),
);
const condition = fc.oneof(
  fc.record({ operator: fc.constantFrom('stringEquals', 'stringMatch'), value: mostly(text) }),
  fc.record({ operator: fc.constantFrom('stringExists'), value: mostly(fc.boolean()) }),
  fc.record({
    operator: fc.constantFrom('stringEqualsAnyOf', 'stringMatchAnyOf'),
    value: mostly(fc.array(text, { minLength: 1, maxLength: 3 })),
  }),
  { weight: 3, arbitrary: fc.record({ operator: fc.constantFrom('stringEquals', 'stringMatch'), value: text }) },
);
const attributes = (key: 'name' | 'key', fixed: readonly [string, string][]) =>
  fc.array(mostly(fc.tuple(name, condition).map(([of, rest]) => ({ [key]: of, ...rest }))), { maxLength: 2 }).map((more) => ({
    attributes: [...fixed.map(([of, given]) => ({ [key]: of, value: given, operator: 'stringEquals' })), ...more],
  }));
const side = (key: 'name' | 'key', service: string) =>
  fc.oneof(
    attributes(key, []),
    {
      weight: 8,
      arbitrary: attributes(key, [
        ['serviceName', service],
        ['accountId', 'ACCOUNT'],
      ]),
    },
    attributes(key, [['accountId', 'ACCOUNT']]),
    fc.constant({ attributes: [{ [key]: 'iam_id', value: 'OWNER', operator: 'stringEquals' }] }),
  );
const roles = fc.array(
  fc.record({
    role_id: mostly(
      fc.constantFrom(
        'crn:v1:bluemix:public:iam::::serviceRole:Reader',
        'crn:v1:bluemix:public:iam::::role:Viewer',
        'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator',
      ),
    ),
  }),
  { minLength: 1, maxLength: 2 },
);
const type = mostly(fc.constantFrom('access', 'authorization'));
const bodyV1 = fc.record(
  {
    type,
    subjects: mostly(fc.array(mostly(side('name', 'containers-kubernetes')), { minLength: 1, maxLength: 1 })),
    roles: mostly(roles),
    resources: mostly(fc.array(mostly(side('name', 'kms')), { minLength: 1, maxLength: 1 })),
    description: mostly(fc.string()),
  },
  { requiredKeys: ['type', 'subjects', 'roles', 'resources'] },
);
const bodyV2 = fc.record(
  {
    type,
    subject: mostly(side('key', 'containers-kubernetes')),
    resource: mostly(side('key', 'kms')),
    control: mostly(fc.record({ grant: mostly(fc.record({ roles: mostly(roles) })) })),
    rule: fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, junk),
    pattern: fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, junk),
  },
  { requiredKeys: ['type', 'subject', 'resource', 'control'] },
);

const checks = new Map([createPolicy, createPolicyV2].map((one) => [one.name, compileCheck(one as unknown as Operation)]));

/** What of a request would be stored, or the error that it is refused with. */
async function outcome(operation: Operation, body: unknown): Promise<NewPolicy | RootwardError> {
  const given = JSON.parse((JSON.stringify(body) ?? 'null').replaceAll('ACCOUNT', accountId).replaceAll('OWNER', owner.iamId));
  try {
    const checked = checks.get(operation.name)?.({ params: {}, query: {}, headers: {}, body: given }).body as never;
    const wish = operation.name === 'policies.create' ? fromV1(checked) : fromV2(checked);
    const resolved = await resolveNewPolicy(server.iam, owner, wish);
    return resolved.missing ?? resolved.record;
  } catch (error) {
    if (error instanceof RootwardError) return error;
    throw error;
  }
}

function expectSound({ document, subjectKey, accountId: home }: NewPolicy): PolicyDocument {
  const stored = parseDocument(JSON.stringify(document));
  expect(stored).toEqual(document);
  expect(home).toBe(accountId);
  expect(subjectKey).not.toBe('');
  expect(document.roles.length).toBeGreaterThan(0);
  expect(document.resource).toContainEqual({ name: 'accountId', value: accountId });
  for (const conditions of [document.subject, document.resource]) {
    const names = conditions.map((condition) => condition.name);
    expect(names).toEqual([...new Set(names)].sort());
  }
  return stored;
}

test.each([
  ['version 1', createPolicy as unknown as Operation, bodyV1],
  ['version 2', createPolicyV2 as unknown as Operation, bodyV2],
] as const)(
  'any body of %s is refused by a typed error or becomes a valid document',
  { timeout: FUZZ_MS },
  async (_version, operation, body) => {
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const made = await outcome(operation, given);
        if (made instanceof RootwardError) {
          expect([...operation.errors, 'NO_BODY', 'BAD_BODY']).toContain(made.code);
          return;
        }
        stored += 1;
        const document = expectSound(made);
        const row = {
          id: 'p',
          account_id: accountId,
          type: made.type,
          subject_key: made.subjectKey,
          document: JSON.stringify(document),
          description: made.description ?? null,
          state: 'active' as const,
          etag: '1-a',
          created_at: 0,
          created_by: owner.iamId,
          modified_at: 0,
          modified_by: owner.iamId,
          parent_id: null,
        };
        // What version 2 shows says the same when it is sent back.
        const { type: shownType, subject, resource, control } = presentV2(row, { origin: 'http://x' });
        const again = await outcome(createPolicyV2 as unknown as Operation, { type: shownType, subject, resource, control });
        expect(again).toMatchObject({ document, subjectKey: made.subjectKey });
        expect(presentV1(row, { origin: 'http://x' }).resources[0]?.attributes).toHaveLength(document.resource.length);
      }),
      { numRuns: FUZZ_RUNS },
    );
    // A fuzz that is always refused proves little.
    expect(stored).toBeGreaterThan(FUZZ_RUNS / 50);
  },
);
