import { DELEGATOR_ROLE, ROLES as ROLES_OF } from '../actions.ts';
import type { Policy } from '../policies/policy.ts';
import type { PolicyV2 } from '../policies/policy-v2.ts';
import type { Role } from '../roles/list.ts';
import type { Column } from './column.ts';

/** A policy in the form of either version. */
type AnyPolicy = Policy | PolicyV2;

/** The value of a condition as text, whatever its operator; '' where there is none. */
function conditionOf(policy: AnyPolicy, side: 'subject' | 'resource', name: string): string {
  const conditions =
    'control' in policy
      ? policy[side].attributes.map(({ key, value }) => ({ name: key, value }))
      : (policy[`${side}s`][0]?.attributes ?? []);
  const value = conditions.find((condition) => condition.name === name)?.value;
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the other columns do not show, so that nobody takes a narrow policy for a wide one: `keyRing=payments`. */
function restrictions(policy: AnyPolicy, side: 'subject' | 'resource'): string {
  return NARROWING.flatMap((name) => {
    const value = conditionOf(policy, side, name);
    return value === '' ? [] : [`${name}=${value}`];
  }).join(', ');
}

const ROLE_NAMES = new Map([DELEGATOR_ROLE, ...Object.values(ROLES_OF).flat()].map(({ crn, displayName }) => [crn, displayName]));

const NARROWING = ['resourceGroupId', 'region', 'keyRing', 'resourceType', 'resource'];

function roleNames(policy: AnyPolicy): string {
  const roles = 'control' in policy ? policy.control.grant.roles : policy.roles;
  return roles.map((role) => role.display_name ?? roleName(role.role_id)).join(', ');
}

/** What a role is called, by its CRN; answers of the second version hold nothing else. */
export function roleName(crn: string): string {
  return ROLE_NAMES.get(crn) ?? crn.slice(crn.lastIndexOf(':') + 1);
}

/** Whose work an authorization is. */
export function authorizationType({ created_by_service: service }: AnyPolicy): string {
  return service === undefined ? 'User defined' : `Created by ${service}`;
}

export const AUTHORIZATIONS: readonly Column<AnyPolicy>[] = [
  { title: 'ID', value: ({ id }) => id },
  {
    title: 'Source service name',
    value: (policy) => conditionOf(policy, 'subject', 'serviceName') || 'Any of the resource group',
  },
  { title: 'Source service instance', value: (policy) => conditionOf(policy, 'subject', 'serviceInstance') || 'All instances' },
  { title: 'Target service name', value: (policy) => conditionOf(policy, 'resource', 'serviceName') },
  { title: 'Target service instance', value: (policy) => conditionOf(policy, 'resource', 'serviceInstance') || 'All instances' },
  { title: 'Roles', value: roleNames },
  { title: 'Source account', value: (policy) => conditionOf(policy, 'subject', 'accountId') },
  { title: 'Target account', value: (policy) => conditionOf(policy, 'resource', 'accountId') },
  { title: 'Type', value: authorizationType },
  { title: 'Source only', rare: true, value: (policy) => restrictions(policy, 'subject') },
  { title: 'Target only', rare: true, value: (policy) => restrictions(policy, 'resource') },
];

export const POLICIES: readonly Column<AnyPolicy>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'Type', value: ({ type }) => type },
  {
    title: 'Subject',
    value: (policy) =>
      ['iam_id', 'access_group_id', 'serviceName'].map((name) => conditionOf(policy, 'subject', name)).find(Boolean) ?? 'any',
  },
  {
    title: 'Service',
    value: (policy) =>
      conditionOf(policy, 'resource', 'serviceName') || KINDS[conditionOf(policy, 'resource', 'serviceType')] || 'All services',
  },
  { title: 'Instance', value: (policy) => conditionOf(policy, 'resource', 'serviceInstance') || 'All instances' },
  { title: 'Roles', value: roleNames },
  { title: 'Only', rare: true, value: (policy) => restrictions(policy, 'resource') },
];

const KINDS: Readonly<Record<string, string>> = { platform_service: 'All account management services' };

export const ROLES: readonly Column<Role>[] = [
  { title: 'Name', value: ({ display_name }) => display_name },
  { title: 'Description', value: ({ description }) => description },
  { title: 'CRN', value: ({ crn }) => crn },
];
