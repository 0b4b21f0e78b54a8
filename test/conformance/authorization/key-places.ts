import type { Condition } from '../../../src/server/iam/decide/condition.ts';
import { is } from './personas.ts';
import type { Row } from './rows.ts';

/** Where in the key service a role can be given, seen from the key in question: by every attribute, and so that it misses. */
export const PLACES = [
  'service',
  'all services',
  'account management',
  'other service',
  'region',
  'other region',
  'resource group',
  'everything in the resource group',
  'other resource group',
  'instance',
  'instances by pattern',
  'one of several instances',
  'other instance',
  'ring',
  'other ring',
  'what has no ring',
  'key',
  'keys by pattern',
  'other key',
] as const;
export type Place = (typeof PLACES)[number];

/** What they are called here. */
export interface Surroundings {
  readonly service: 'kms' | 'hs-crypto';
  readonly instance: string;
  readonly otherInstance: string;
  readonly resourceGroup: string;
  readonly ring: string;
  readonly otherRing: string;
  readonly key: string;
  readonly otherKey: string;
}

/** The conditions of a policy that gives a role there. */
export function conditionsOf(at: Surroundings): Readonly<Record<Place, readonly Condition[]>> {
  const service = is('serviceName', at.service);
  const instance = [service, is('serviceInstance', at.instance)];
  const key = [...instance, is('resourceType', 'key')];
  return {
    service: [service],
    'all services': [is('serviceType', 'service')],
    'account management': [is('serviceType', 'platform_service')],
    'other service': [is('serviceName', at.service === 'kms' ? 'hs-crypto' : 'kms')],
    region: [service, is('region', 'us-south')],
    'other region': [service, is('region', 'eu-de')],
    'resource group': [service, is('resourceGroupId', at.resourceGroup)],
    'everything in the resource group': [is('resourceGroupId', at.resourceGroup)],
    'other resource group': [service, is('resourceGroupId', 'f'.repeat(32))],
    instance,
    'instances by pattern': [service, { name: 'serviceInstance', value: `${at.instance.slice(0, 8)}*`, operator: 'stringMatch' }],
    'one of several instances': [
      service,
      { name: 'serviceInstance', value: [at.otherInstance, at.instance], operator: 'stringEqualsAnyOf' },
    ],
    'other instance': [service, is('serviceInstance', at.otherInstance)],
    ring: [...instance, is('keyRing', at.ring)],
    'other ring': [...instance, is('keyRing', at.otherRing)],
    'what has no ring': [...instance, { name: 'keyRing', value: false, operator: 'stringExists' }],
    key: [...key, is('resource', at.key)],
    'keys by pattern': [...key, { name: 'resource', value: ['x*', `${at.key.slice(0, 8)}*`], operator: 'stringMatchAnyOf' }],
    'other key': [...key, is('resource', at.otherKey)],
  };
}

const WIDE: ReadonlySet<Place> = new Set<Place>([
  'service',
  'all services',
  'region',
  'resource group',
  'everything in the resource group',
  'instance',
  'instances by pattern',
  'one of several instances',
]);

/** Does a role that is given there reach the operation? */
export function reaches(place: Place, { reach }: Row): boolean {
  if (WIDE.has(place)) return true;
  if (place === 'ring') return reach !== 'instance';
  if (place === 'other ring') return reach === 'any ring';
  if (place === 'what has no ring') return reach === 'instance';
  return (place === 'key' || place === 'keys by pattern') && reach === 'key';
}
