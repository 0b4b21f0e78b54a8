import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const listQuotas = defineOperation({
  name: 'groups.quotas',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v2/quota_definitions', success: 200 },
  action: 'resource-controller.group.retrieve',
  auditAs: 'resource-controller.quota.list',
  mutates: false,
  input: {},
  output: Type.Object({ resources: Type.Array(Type.Never(), { maxItems: 0 }) }),
  sensitive: [],
  errors: [],
  summary: 'List the quotas of resource groups (there are none)',
});
