import type { Condition } from '../../../src/server/iam/decide/condition.ts';
import { is } from './personas.ts';

/** A thing, by the attributes that policies are held against. */
export interface Scoped {
  readonly service: string;
  readonly attributes: Readonly<Partial<Record<Attribute, string>>>;
  /** It stands for all that it leaves open. */
  readonly whole?: boolean;
}

const ATTRIBUTES = ['region', 'resourceGroupId', 'serviceInstance', 'keyRing', 'resourceType', 'resource'] as const;
type Attribute = (typeof ATTRIBUTES)[number];

/** One place where a role can be given, seen from a thing, and whether a role that is given there reaches the thing. */
export interface ScopedPlace {
  readonly name: string;
  readonly resource: readonly Condition[];
  readonly reaches: boolean;
}

const ACCOUNT_MANAGEMENT: ReadonlySet<string> = new Set([
  'iam-identity',
  'iam-access-management',
  'iam-groups',
  'user-management',
  'account-management',
  'resource-controller',
]);

/** Every place by every attribute and operator: matching, missing, and where the thing has no such attribute. */
export function placesAround(thing: Scoped): ScopedPlace[] {
  const service = is('serviceName', thing.service);
  const isManagement = ACCOUNT_MANAGEMENT.has(thing.service);
  const isService = !isManagement && thing.service !== 'rootward';
  const { resourceGroupId } = thing.attributes;
  return [
    { name: 'the service', resource: [service], reaches: true },
    { name: 'the account alone', resource: [], reaches: false },
    { name: 'another service', resource: [is('serviceName', thing.service === 'kms' ? 'hs-crypto' : 'kms')], reaches: false },
    { name: 'services of a like name', resource: [is('serviceName', thing.service.toUpperCase())], reaches: false },
    { name: 'all services', resource: [is('serviceType', 'service')], reaches: isService },
    { name: 'account management', resource: [is('serviceType', 'platform_service')], reaches: isManagement },
    {
      name: 'everything in the resource group',
      resource: [is('resourceGroupId', resourceGroupId ?? 'any')],
      reaches: resourceGroupId !== undefined,
    },
    ...ATTRIBUTES.flatMap((name) => placesBy(thing, name).map((place) => ({ ...place, resource: [service, ...place.resource] }))),
  ];
}

function placesBy({ attributes, whole = false }: Scoped, name: Attribute): ScopedPlace[] {
  const value = attributes[name];
  const has = value !== undefined;
  const one = value ?? 'something';
  return [
    { name: `its ${name}`, resource: [is(name, one)], reaches: has },
    { name: `another ${name}`, resource: [is(name, `${one}x`)], reaches: false },
    {
      name: `its ${name} by pattern`,
      resource: [{ name, value: `${one.slice(0, 4)}*`, operator: 'stringMatch' }],
      reaches: has,
    },
    {
      name: `one of several ${name}s`,
      resource: [{ name, value: ['another', one], operator: 'stringEqualsAnyOf' }],
      reaches: has,
    },
    {
      name: `one of several patterns of ${name}`,
      resource: [{ name, value: ['another*', `*${one.slice(-4)}`], operator: 'stringMatchAnyOf' }],
      reaches: has,
    },
    { name: `any ${name}`, resource: [{ name, value: true, operator: 'stringExists' }], reaches: has },
    { name: `no ${name}`, resource: [{ name, value: false, operator: 'stringExists' }], reaches: !has && !whole },
  ];
}
