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

function roleNames(policy: AnyPolicy): string {
  const roles = 'control' in policy ? policy.control.grant.roles : policy.roles;
  return roles.map((role) => role.display_name ?? role.role_id.slice(role.role_id.lastIndexOf(':') + 1)).join(', ');
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
];

const KINDS: Readonly<Record<string, string>> = { platform_service: 'All account management services' };

export const ROLES: readonly Column<Role>[] = [
  { title: 'Name', value: ({ display_name }) => display_name },
  { title: 'Description', value: ({ description }) => description },
  { title: 'CRN', value: ({ crn }) => crn },
];
