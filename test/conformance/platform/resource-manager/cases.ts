import { publishedClient } from '../clients.ts';
import { type ClientCases, elsewhere } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';

const newGroup = async ({ prepare, newName }: Scene) => ({
  id: (await prepare('POST', '/v2/resource_groups', { name: newName('group') })).id,
});
const missing = { arguments: async () => ({ id: 'f'.repeat(32) }), status: 404, code: 'RESOURCE_NOT_FOUND' } as const;

export const RESOURCE_MANAGER: ClientCases = {
  name: 'ResourceManagerV2',
  published: publishedClient('resource-manager/v2'),
  refusals: 'resource-controller',
  cases: {
    listResourceGroups: {
      right: {
        arguments: async ({ accountId }) => ({ accountId, _default: true, includeDeleted: false }),
        status: 200,
        shape: shapes.groupList,
      },
      wrong: {
        arguments: async ({ other }) => ({ accountId: other.accountId }),
        status: 403,
        code: 'ACCOUNT_MISMATCH',
      },
    },
    createResourceGroup: {
      right: {
        arguments: async ({ accountId, newName }) => ({ accountId, name: newName('group') }),
        status: 201,
        shape: shapes.createdGroup,
      },
      wrong: { arguments: async () => ({ name: 'second' }), status: 409, code: 'RESOURCE_GROUP_NAME_TAKEN' },
    },
    getResourceGroup: {
      right: { arguments: newGroup, status: 200, shape: shapes.resourceGroup },
      wrong: missing,
    },
    updateResourceGroup: {
      right: {
        arguments: async (scene) => ({ ...(await newGroup(scene)), name: scene.newName('renamed'), state: 'ACTIVE' }),
        status: 200,
        shape: shapes.resourceGroup,
      },
      wrong: {
        arguments: async (scene) => ({ ...(await newGroup(scene)), name: 'x'.repeat(41) }),
        status: 400,
        code: 'INVALID_FIELD',
      },
    },
    deleteResourceGroup: {
      right: { arguments: newGroup, status: 204, shape: 'none' },
      wrong: { arguments: async ({ defaultGroup }) => ({ id: defaultGroup }), status: 409, code: 'RESOURCE_GROUP_DEFAULT' },
    },
    listQuotaDefinitions: {
      right: { arguments: async () => ({}), status: 200, shape: shapes.quotaList },
      wrong: {
        arguments: async () => ({}),
        as: 'nobody',
        status: 401,
        code: 'UNAUTHENTICATED',
      },
    },
  },
  elsewhere: elsewhere('quotas', 'getQuotaDefinition'),
};
