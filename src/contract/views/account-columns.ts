import type { ApiKey } from '../api-keys/api-key.ts';
import type { ResourceGroup } from '../groups/group.ts';
import type { Policy } from '../policies/policy.ts';
import type { ServiceId } from '../service-ids/service-id.ts';
import { type Column, instantText, yesNo } from './column.ts';

export const GROUPS: readonly Column<ResourceGroup>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Default Group', value: (group) => yesNo(group.default) },
  { title: 'State', value: ({ state }) => state },
];

export const API_KEYS: readonly Column<ApiKey>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Description', value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
];

export const NEW_API_KEY: readonly Column<ApiKey>[] = [...API_KEYS, { title: 'API Key', value: ({ apikey }) => apikey ?? '' }];

export const SERVICE_IDS: readonly Column<ServiceId>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Description', value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
];

type Side = Policy['subjects'];
const attribute = (side: Side, name: string) => side[0]?.attributes.find((it) => it.name === name)?.value ?? '';
const roleNames = ({ roles }: Policy) => roles.map((role) => role.display_name ?? role.role_id).join(', ');

export const AUTHORIZATIONS: readonly Column<Policy>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'Source service name', value: ({ subjects }) => attribute(subjects, 'serviceName') },
  { title: 'Source service instance', value: ({ subjects }) => attribute(subjects, 'serviceInstance') || 'All instances' },
  { title: 'Target service name', value: ({ resources }) => attribute(resources, 'serviceName') },
  { title: 'Target service instance', value: ({ resources }) => attribute(resources, 'serviceInstance') || 'All instances' },
  { title: 'Roles', value: roleNames },
];

export const POLICIES: readonly Column<Policy>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'Type', value: ({ type }) => type },
  {
    title: 'Subject',
    value: ({ subjects }) => attribute(subjects, 'iam_id') || attribute(subjects, 'serviceName') || 'any',
  },
  { title: 'Service', value: ({ resources }) => attribute(resources, 'serviceName') || 'All services' },
  { title: 'Instance', value: ({ resources }) => attribute(resources, 'serviceInstance') || 'All instances' },
  { title: 'Roles', value: roleNames },
];
