import { addRootKey } from '../../../process/api.ts';
import { publishedClient } from '../clients.ts';
import { type Arguments, type ClientCases, elsewhere, type MethodCase } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const NOWHERE = '11111111-2222-4333-8444-555555555555';

const wanted = ({ newName, group }: Scene) => ({
  name: newName('instance'),
  target: 'us-south',
  resourceGroup: group,
  resourcePlanId: PLAN,
});
async function newInstance({ prepare, newName, group }: Scene): Promise<{ guid: string; crn: string }> {
  const body = { name: newName('instance'), target: 'us-south', resource_group: group, resource_plan_id: PLAN };
  return await prepare('POST', '/v2/resource_instances', body);
}
const at = (guid: string): string => `/v2/resource_instances/${guid}`;
const byGuid: Arguments = async (scene) => ({ id: (await newInstance(scene)).guid });
const byCrn: Arguments = async (scene) => ({ id: (await newInstance(scene)).crn });
async function locked(scene: Scene): Promise<{ id: string }> {
  const { guid } = await newInstance(scene);
  await scene.prepare('POST', `${at(guid)}/lock`);
  return { id: guid };
}
async function deleted(scene: Scene): Promise<{ guid: string; reclamation: string }> {
  const { guid } = await newInstance(scene);
  await scene.prepare('DELETE', at(guid));
  const { resources } = await scene.prepare('GET', `/v1/reclamations?resource_instance_id=${guid}`);
  return { guid, reclamation: resources[0]?.id ?? '' };
}

const missing = { arguments: async () => ({ id: NOWHERE }), status: 404, code: 'RESOURCE_NOT_FOUND' } as const;
const foreign = { ...missing, arguments: async ({ instance }: Scene) => ({ id: instance.guid }), as: 'other' } as const;

const listOfAll = (given: Readonly<Record<string, unknown>>): MethodCase => ({
  right: { arguments: async () => ({ limit: 10, ...given }), status: 200, shape: shapes.emptyList },
  wrong: { arguments: async () => ({ limit: 101 }), status: 400, code: 'INVALID_QUERY' },
});
const listOfOne: MethodCase = {
  right: {
    arguments: async ({ instance }) => ({ id: instance.crn, limit: 10 }),
    status: 200,
    shape: shapes.emptyList,
  },
  wrong: foreign,
};

export const RESOURCE_CONTROLLER: ClientCases = {
  name: 'ResourceControllerV2',
  published: publishedClient('resource-controller/v2'),
  refusals: 'resource-controller',
  cases: {
    listResourceInstances: {
      right: {
        arguments: async ({ defaultGroup }) => ({
          name: 'platform',
          resourceGroupId: defaultGroup,
          type: 'service_instance',
          subType: 'kms',
          resourcePlanId: PLAN,
          state: 'active',
          updatedFrom: '2020-01-01',
          limit: 2,
        }),
        status: 200,
        shape: shapes.instanceList,
      },
      wrong: { arguments: async () => ({ state: 'unheard of' }), status: 400, code: 'INVALID_QUERY' },
    },
    createResourceInstance: {
      right: {
        arguments: async (scene) => ({
          ...wanted(scene),
          tags: ['conformance'],
          allowCleanup: true,
          parameters: { allowed_network: 'public-and-private' },
          entityLock: true,
        }),
        status: 201,
        shape: shapes.resourceInstance,
      },
      wrong: {
        arguments: async (scene) => ({ ...wanted(scene), resourcePlanId: NOWHERE }),
        status: 400,
        code: 'SERVICE_UNKNOWN',
      },
    },
    getResourceInstance: {
      right: { arguments: byCrn, status: 200, shape: shapes.resourceInstance },
      wrong: foreign,
    },
    updateResourceInstance: {
      right: {
        arguments: async (scene) => ({ ...(await byCrn(scene)), name: scene.newName('renamed'), allowCleanup: true }),
        status: 200,
        shape: shapes.resourceInstance,
      },
      wrong: {
        arguments: async (scene) => ({ ...(await locked(scene)), name: 'renamed' }),
        status: 409,
        code: 'INSTANCE_LOCKED',
      },
    },
    deleteResourceInstance: {
      right: { arguments: async (scene) => ({ ...(await byGuid(scene)), recursive: true }), status: 204, shape: 'none' },
      wrong: {
        async arguments(scene) {
          const { guid } = await newInstance(scene);
          await addRootKey(scene.api, guid);
          return { id: guid };
        },
        status: 409,
        code: 'RC-ServiceBrokerErrorResponse',
      },
    },
    lockResourceInstance: {
      right: { arguments: byGuid, status: 200, shape: shapes.resourceInstance },
      wrong: { arguments: async (scene) => ({ id: (await removed(scene)).guid }), status: 410, code: 'RESOURCE_GONE' },
    },
    unlockResourceInstance: {
      right: { arguments: locked, status: 200, shape: shapes.resourceInstance },
      wrong: missing,
    },
    listResourceAliasesForInstance: listOfOne,
    listResourceKeysForInstance: listOfOne,
    listResourceKeys: listOfAll({ name: 'a key', resourceId: PLAN, updatedFrom: '2020-01-01' }),
    listResourceBindings: listOfAll({ name: 'a binding', regionBindingId: 'x' }),
    listResourceAliases: listOfAll({ name: 'an alias', resourceInstanceId: NOWHERE }),
    listReclamations: {
      right: {
        async arguments(scene) {
          const { guid } = await deleted(scene);
          return { accountId: scene.accountId, resourceInstanceId: guid, resourceGroupId: scene.group };
        },
        status: 200,
        shape: shapes.reclamationList,
      },
      wrong: { arguments: async ({ other }) => ({ accountId: other.accountId }), status: 403, code: 'ACCOUNT_MISMATCH' },
    },
    runReclamationAction: {
      right: {
        arguments: async (scene) => ({
          id: (await deleted(scene)).reclamation,
          actionName: 'restore',
          requestBy: 'somebody',
          comment: 'it is needed',
        }),
        status: 200,
        shape: shapes.restored,
      },
      wrong: {
        arguments: async (scene) => ({ id: (await removed(scene)).reclamation, actionName: 'restore' }),
        status: 409,
        code: 'RECLAMATION_ENDED',
      },
    },
  },
  elsewhere: {
    ...elsewhere('credentials', 'createResourceKey getResourceKey deleteResourceKey updateResourceKey'),
    ...elsewhere(
      'bindings',
      'createResourceBinding getResourceBinding deleteResourceBinding updateResourceBinding listResourceBindingsForAlias',
    ),
    ...elsewhere('aliases', 'createResourceAlias getResourceAlias deleteResourceAlias updateResourceAlias'),
    cancelLastopResourceInstance: {
      reason: 'asynchronous operations',
      arguments: async ({ instance }) => ({ id: instance.guid }),
      refusal: { status: 409, code: 'OPERATION_ENDED' },
    },
  },
};

async function removed(scene: Scene): ReturnType<typeof deleted> {
  const made = await deleted(scene);
  await scene.prepare('POST', `/v1/reclamations/${made.reclamation}/actions/reclaim`, {});
  return made;
}
