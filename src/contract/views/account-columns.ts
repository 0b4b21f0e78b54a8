import type { ApiKey } from '../api-keys/api-key.ts';
import type { ResourceGroup } from '../groups/group.ts';
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
  { title: 'Description', wide: true, value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
];

export const NEW_API_KEY: readonly Column<ApiKey>[] = [...API_KEYS, { title: 'API Key', value: ({ apikey }) => apikey ?? '' }];

export const SERVICE_IDS: readonly Column<ServiceId>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Description', wide: true, value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
];
