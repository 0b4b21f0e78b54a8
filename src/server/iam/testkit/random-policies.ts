import fc from 'fast-check';
import { AUTHORIZATION_DELEGATOR, ROLES } from '../../../contract/actions.ts';
import type { ClusterPrincipal, PersonPrincipal, ServicePrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import type { Condition } from '../decide/condition.ts';

// What the property test of decisions draws from. Most of it meets, or hardly any question would be answered with yes.

export const ACCOUNTS = ['aaaa', 'bbbb'] as const;
export const IDENTITIES = ['IBMid-1', 'iam-ServiceId-1', 'iam-Profile-1'] as const;
export const GROUPS = ['AccessGroupId-1', 'AccessGroupId-2'] as const;
export const OWNER = 'IBMid-owner';

const SERVICES = ['kms', 'kms', 'kms', 'kms', 'kms', 'hs-crypto', 'containers-kubernetes', 'iam-identity', 'rootward'];
const SOURCES = ['containers-kubernetes', 'containers-kubernetes', 'server-protect', 'is'];
const INSTANCES = ['x1', 'x2'];
const REGIONS = ['r1', 'r2'];
const RESOURCE_GROUPS = ['g1', 'g2'];
const RINGS = ['default', 'ring'];
// The same to the eye, or to a careless comparison.
const RESOURCES = ['k1', 'K1', 'k1 ', 'k\u0661', 'caf\u00e9', 'cafe\u0301', 'k\u200b1'];

export interface RandomPolicy {
  readonly account: string;
  readonly active: boolean;
  readonly subject: readonly Condition[];
  readonly roles: readonly string[];
  readonly resource: readonly Condition[];
}

export interface World {
  readonly policies: readonly RandomPolicy[];
  readonly members: readonly { readonly account: string; readonly group: string; readonly iamId: string }[];
}

const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const account = one('aaaa', 'aaaa', 'aaaa', 'aaaa', 'aaaa', 'bbbb');
const patternOf = (value: string): fc.Arbitrary<string> =>
  one('*', '**', `${value[0]}*`, `*${value.at(-1)}`, `?${value.slice(1)}`, `${value}?`, value);

function condition(name: string, values: readonly string[]): fc.Arbitrary<Condition> {
  const value = one(...values);
  const pattern = value.chain(patternOf);
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ name: fc.constant(name), value }) },
    { weight: 1, arbitrary: fc.record({ name: fc.constant(name), value, operator: fc.constant('stringEquals' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ name: fc.constant(name), value: pattern, operator: fc.constant('stringMatch' as const) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        name: fc.constant(name),
        value: fc.boolean(),
        operator: fc.constant('stringExists' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        name: fc.constant(name),
        value: fc.array(value, { maxLength: 3 }),
        operator: fc.constant('stringEqualsAnyOf' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        name: fc.constant(name),
        value: fc.array(pattern, { maxLength: 2 }),
        operator: fc.constant('stringMatchAnyOf' as const),
      }),
    },
  );
}

const some = (name: string, values: readonly string[]): fc.Arbitrary<Condition[]> =>
  fc.oneof(
    { weight: 7, arbitrary: fc.constant<Condition[]>([]) },
    { weight: 1, arbitrary: condition(name, values).map((made) => [made]) },
  );
const exactly = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Condition[]> =>
  value.map((text) => [{ name, value: text }]);
const accountIs = (home: string): fc.Arbitrary<Condition[]> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant<Condition[]>([{ name: 'accountId', value: home }]) },
    { weight: 1, arbitrary: some('accountId', ACCOUNTS) },
  );
const all = (...parts: readonly fc.Arbitrary<Condition[]>[]): fc.Arbitrary<Condition[]> =>
  fc.tuple(...parts).map((lists) => lists.flat());

const about = fc.oneof(
  { weight: 5, arbitrary: exactly('serviceName', one(...SERVICES)) },
  { weight: 1, arbitrary: some('serviceName', SERVICES) },
  { weight: 2, arbitrary: condition('serviceType', ['service', 'service', 'platform_service']).map((made) => [made]) },
  { weight: 1, arbitrary: fc.constant<Condition[]>([]) },
);
const resource = (home: string): fc.Arbitrary<Condition[]> =>
  all(
    some('resource', RESOURCES),
    about,
    accountIs(home),
    some('serviceInstance', INSTANCES),
    some('region', REGIONS),
    some('resourceGroupId', RESOURCE_GROUPS),
    some('keyRing', RINGS),
    some('resourceType', ['key']),
  );
const source: fc.Arbitrary<Condition[]> = all(
  fc.oneof(
    { weight: 4, arbitrary: exactly('serviceName', one(...SOURCES)) },
    { weight: 1, arbitrary: some('serviceName', SOURCES) },
  ),
  account.chain(accountIs),
  some('serviceInstance', INSTANCES),
  some('region', REGIONS),
  some('resourceGroupId', RESOURCE_GROUPS),
);
const subject = fc.oneof(
  { weight: 3, arbitrary: exactly('iam_id', one(...IDENTITIES)) },
  { weight: 2, arbitrary: exactly('access_group_id', one(...GROUPS)) },
  { weight: 4, arbitrary: source },
);
const ALL_ROLES = [AUTHORIZATION_DELEGATOR, ...new Set(Object.values(ROLES).flatMap((roles) => roles.map(({ crn }) => crn)))];
const USUAL = ALL_ROLES.filter((role) => /:(Administrator|Manager|AuthorizationDelegator)$/.test(role));
const policy: fc.Arbitrary<RandomPolicy> = account.chain((home) =>
  fc.record({
    account: fc.constant(home),
    active: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
    subject,
    roles: fc.uniqueArray(one(...USUAL, ...USUAL, ...USUAL, ...ALL_ROLES), { minLength: 1, maxLength: 5, size: 'max' }),
    resource: resource(home),
  }),
);

export const world: fc.Arbitrary<World> = fc.record({
  policies: fc.array(policy, { minLength: 1, maxLength: 12, size: 'max' }),
  members: fc.uniqueArray(fc.record({ account, group: one(...GROUPS), iamId: one(...IDENTITIES) }), {
    maxLength: 4,
    size: 'max',
    selector: ({ group, iamId }) => `${group} ${iamId}`,
  }),
});

export const target: fc.Arbitrary<Target> = fc.record(
  {
    serviceName: one(...SERVICES),
    accountId: account,
    serviceInstance: one('x1', 'x2', 'y1'),
    region: one(...REGIONS),
    resourceGroupId: one(...RESOURCE_GROUPS),
    keyRing: one(...RINGS),
    resourceType: one('key', 'serviceid'),
    resource: one(...RESOURCES),
    whole: fc.constant(true as const),
  },
  { requiredKeys: ['serviceName', 'accountId'] },
);

const KINDS = { IBMid: 'user', ServiceId: 'service-id', Profile: 'profile' } as const;
const person: fc.Arbitrary<PersonPrincipal> = fc
  .record({ iamId: one(...IDENTITIES, ...IDENTITIES, ...IDENTITIES, OWNER), accountId: account })
  .map(({ iamId, accountId }) => ({
    kind: KINDS[/IBMid|ServiceId|Profile/.exec(iamId)?.[0] as keyof typeof KINDS],
    iamId,
    accountId,
    name: 'somebody',
    credential: 'apikey',
  }));
const cluster: fc.Arbitrary<ClusterPrincipal> = fc
  .record({
    accountId: account,
    clusterId: one(...INSTANCES),
    region: one(...REGIONS),
    resourceGroupId: one(...RESOURCE_GROUPS),
    role: one('plugin' as const, 'service' as const, 'agent' as const),
  })
  .map((parts) => ({
    ...parts,
    kind: 'cluster',
    iamId: 'crn-any',
    crn: 'any',
    name: 'any',
    credential: 'token',
    encryptionDomain: 'any',
  }));
const service: fc.Arbitrary<ServicePrincipal> = fc
  .record(
    {
      serviceName: one('server-protect', 'is'),
      accountId: account,
      serviceInstance: one(...INSTANCES),
      region: one(...REGIONS),
    },
    { requiredKeys: ['serviceName', 'accountId'] },
  )
  .map((made) => ({
    kind: 'service',
    iamId: 'crn-other',
    accountId: made.accountId,
    name: 'other',
    credential: 'token',
    crn: 'other',
    source: made,
  }));
export const principal = fc.oneof(
  { weight: 4, arbitrary: person },
  { weight: 2, arbitrary: cluster },
  { weight: 1, arbitrary: service },
);
