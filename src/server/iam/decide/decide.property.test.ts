import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Action, ROLES } from '../../../contract/actions.ts';
import type { PolicyRequest } from '../../../contract/policies/policy.ts';
import { insertPolicy } from '../../../store/iam/policies.ts';
import type { ClusterPrincipal, PersonPrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { startTestServer } from '../../testkit/test-server.ts';
import { checkPolicy } from '../policies/check-policy.ts';
import { createDecide } from './decide.ts';

const ACCOUNTS = ['aaaa', 'aaaa', 'aaaa', 'bbbb'];
// Most of it meets, or hardly any question would be answered with yes.
const SERVICES = ['kms', 'kms', 'kms', 'hs-crypto', 'containers-kubernetes'];
const IDENTITIES = ['iam-ServiceId-1', 'iam-ServiceId-2'];
const ACTIONS: readonly Action[] = [
  'kms.secrets.wrap',
  'kms.secrets.readmetadata',
  'kms.secrets.create',
  'kms.secrets.purge',
  'kms.registrations.create',
  'resource-controller.instance.create',
  'containers-kubernetes.cluster.create',
  'iam.policy.create',
];
const PLUGIN_ACTIONS = new Set<Action>(['kms.secrets.wrap', 'kms.secrets.unwrap', 'kms.secrets.readmetadata']);

const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const condition = (name: string, values: readonly string[]) =>
  fc.oneof(
    fc.record({ name: fc.constant(name), value: one(values) }),
    fc.record({ name: fc.constant(name), value: one(['*', '?1', 'x*', '*2']), operator: fc.constant('stringMatch' as const) }),
  );
const some = (name: string, values: readonly string[]) => fc.option(condition(name, values), { nil: undefined, freq: 1 });
const narrowing = fc
  .tuple(some('serviceInstance', ['x1', 'x2']), some('region', ['r1', 'r2']), some('resource', ['x1', 'k2']))
  .map((conditions) => conditions.filter((entry) => entry !== undefined));

interface Stored {
  readonly account: string;
  readonly request: PolicyRequest;
}

const stored: fc.Arbitrary<Stored> = fc
  .record({
    account: one(ACCOUNTS),
    service: one(SERVICES),
    access: fc.boolean(),
    iamId: one(IDENTITIES),
    sourceAccount: one(ACCOUNTS),
    sourceService: one(['containers-kubernetes', 'containers-kubernetes', 'server-protect']),
    source: fc
      .tuple(some('serviceInstance', ['x1', 'x2']), some('region', ['r1', 'r2']))
      .map((conditions) => conditions.filter((entry) => entry !== undefined)),
    resource: narrowing,
  })
  .chain((parts) =>
    fc
      .subarray(
        (ROLES[parts.service] ?? []).map((role) => role.crn),
        { minLength: 1, maxLength: 3 },
      )
      .map((roles) => {
        const subject = parts.access
          ? [{ name: 'iam_id', value: parts.iamId }]
          : [
              { name: 'serviceName', value: parts.sourceService },
              { name: 'accountId', value: parts.sourceAccount },
              ...parts.source,
            ];
        const request: PolicyRequest = {
          type: parts.access ? 'access' : 'authorization',
          subjects: [{ attributes: subject }],
          roles: roles.map((role_id) => ({ role_id })),
          resources: [
            {
              attributes: [
                ...parts.resource,
                { name: 'serviceName', value: parts.service },
                { name: 'accountId', value: parts.account },
              ],
            },
          ],
        };
        return { account: parts.account, request };
      }),
  );

const target: fc.Arbitrary<Target> = fc.record(
  {
    serviceName: one(SERVICES),
    accountId: one(ACCOUNTS),
    serviceInstance: one(['x1', 'x2', 'y1']),
    region: one(['r1', 'r2']),
    resource: one(['x1', 'k2']),
  },
  { requiredKeys: ['serviceName', 'accountId'] },
);
const person: fc.Arbitrary<PersonPrincipal> = fc.record({
  kind: fc.constant('service-id' as const),
  iamId: one(IDENTITIES),
  accountId: one(ACCOUNTS),
  name: fc.constant('somebody'),
  credential: fc.constant('apikey' as const),
});
const plugin: fc.Arbitrary<ClusterPrincipal> = fc
  .record({
    accountId: one(ACCOUNTS),
    clusterId: one(['x1', 'x2']),
    region: one(['r1', 'r2']),
    resourceGroupId: one(['g1', 'g2']),
  })
  .map((parts) => ({
    ...parts,
    kind: 'cluster',
    role: 'plugin',
    iamId: 'crn-any',
    crn: 'any',
    name: 'any',
    credential: 'token',
    encryptionDomain: 'any',
  }));

/** The rules once more, as naively as they read: every policy of the world, every condition, every role. */
function naive(world: readonly Stored[], who: PersonPrincipal | ClusterPrincipal, action: Action, on: Target): boolean {
  if (who.kind === 'cluster' && !PLUGIN_ACTIONS.has(action)) return false;
  if (who.kind !== 'cluster' && who.accountId !== on.accountId) return false;
  const caller: Record<string, string> =
    who.kind === 'cluster'
      ? { serviceName: 'containers-kubernetes', accountId: who.accountId, serviceInstance: who.clusterId, region: who.region }
      : { iam_id: who.iamId };
  const holds = (attributes: readonly { name: string; value: string; operator?: string }[], facts: Record<string, unknown>) =>
    attributes.every(({ name, value, operator }) => {
      const fact = facts[name];
      if (typeof fact !== 'string') return false;
      const source = operator === 'stringMatch' ? value.replaceAll('?', '.').replaceAll('*', '.*') : value;
      return new RegExp(`^${source}$`).test(fact);
    });
  return world.some(
    ({ account, request }) =>
      account === on.accountId &&
      holds(request.subjects[0]?.attributes ?? [], caller) &&
      holds(request.resources[0]?.attributes ?? [], { ...on }) &&
      request.roles.some(({ role_id }) =>
        ROLES[on.serviceName]?.some((role) => role.crn === role_id && role.actions.includes(action)),
      ),
  );
}

test('decides like the rules read one by one, for any policies and any question', async () => {
  await using server = await startTestServer();
  const { store } = server;
  const decide = createDecide({ store });
  let yes = 0;
  const question = fc.record({ who: fc.oneof(person, plugin), action: one(ACTIONS), on: target });
  await fc.assert(
    fc.asyncProperty(
      fc.array(stored, { maxLength: 25 }),
      fc.array(question, { minLength: 20, maxLength: 60 }),
      async (world, asked) => {
        await store.change(['iam'], async (tx) => {
          await tx.deleteFrom('policies').execute();
          for (const { account, request } of world) {
            const { document, subjectKey } = checkPolicy(request, account);
            await insertPolicy(tx, {
              id: randomUUID(),
              account_id: account,
              type: request.type,
              subject_key: subjectKey,
              document: JSON.stringify(document),
              description: null,
              state: 'active',
              etag: '1',
              created_at: 0,
              created_by: '',
              modified_at: 0,
              modified_by: '',
              parent_id: null,
            });
          }
        });
        for (const { who, action, on } of asked) {
          const expected = naive(world, who, action, on);
          if (expected) yes += 1;
          expect((await decide(who, action, on)).allowed).toBe(expected);
        }
      },
    ),
    { numRuns: 100 },
  );
  // A property that never sees a yes would prove nothing.
  expect(yes).toBeGreaterThan(100);
});
