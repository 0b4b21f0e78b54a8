import { defineOperation, type Operation } from '../operation.ts';

const frame = {
  api: 'iam',
  mutates: false,
  input: {},
  output: undefined,
  sensitive: [],
  errors: ['NOT_SUPPORTED'],
} as const;

/** One would say if a group of everybody, also of those who are not logged in, may get policies. There is no such group here. */
export const ACCESS_GROUP_SETTINGS: readonly Operation<(typeof frame)['input']>[] = [
  defineOperation({
    ...frame,
    name: 'access-groups.settings-get',
    http: { method: 'GET', path: '/v2/groups/settings', success: 200 },
    action: 'iam-groups.groups.read',
    auditAs: 'iam-groups.settings.read',
    summary: 'Show the settings of access groups: not supported, there is no group of everybody',
  }),
  defineOperation({
    ...frame,
    name: 'access-groups.settings-update',
    http: { method: 'PATCH', path: '/v2/groups/settings', success: 200 },
    action: 'iam-groups.groups.update',
    auditAs: 'iam-groups.settings.update',
    summary: 'Change the settings of access groups: not supported, there is no group of everybody',
  }),
];
