import type { MethodCase } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';
import * as wrong from './wrong-calls.ts';

const newServiceId = async ({ prepare, newName }: Scene) => await prepare('POST', '/v1/serviceids/', { name: newName('sid') });
const some = async (scene: Scene) => ({ id: (await newServiceId(scene)).id });
const none = async () => ({ id: 'ServiceId-11111111-2222-4333-8444-555555555555' });

async function lockedOne(scene: Scene): Promise<{ id: string }> {
  const { id } = await newServiceId(scene);
  await scene.prepare('POST', `/v1/serviceids/${id}/lock`);
  return { id };
}

export const SERVICE_IDS: Readonly<Record<string, MethodCase>> = {
  listServiceIds: {
    right: {
      async arguments(scene) {
        await newServiceId(scene);
        const { accountId } = scene;
        return { accountId, pagesize: shapes.PAGE, sort: 'created_at', order: 'desc', includeHistory: false };
      },
      status: 200,
      shape: shapes.serviceIdList,
    },
    wrong: wrong.otherAccount(async ({ other }) => ({ accountId: other.accountId })),
  },
  createServiceId: {
    right: {
      arguments: async ({ accountId, newName, instance }) => ({
        accountId,
        name: newName('sid'),
        description: 'made by the client',
        uniqueInstanceCrns: [instance.crn],
        apikey: { name: 'its key', description: 'made with it', store_value: false },
        entityLock: 'true',
      }),
      status: 201,
      shape: shapes.createdServiceId,
    },
    wrong: wrong.invalid(async ({ accountId }) => ({ accountId, name: 'x'.repeat(101) })),
  },
  getServiceId: {
    right: {
      arguments: async (scene) => ({ ...(await some(scene)), includeHistory: true, includeActivity: true }),
      status: 200,
      shape: shapes.serviceIdInUse,
    },
    wrong: wrong.foreign(some),
  },
  updateServiceId: {
    right: {
      async arguments(scene) {
        const { id, entity_tag: ifMatch } = await newServiceId(scene);
        const uniqueInstanceCrns = [scene.instance.crn];
        return { id, ifMatch, name: scene.newName('renamed'), description: 'changed', uniqueInstanceCrns };
      },
      status: 200,
      shape: shapes.serviceId,
    },
    wrong: wrong.changed(async (scene) => ({ ...(await some(scene)), ifMatch: 'of-another-time', name: 'renamed' })),
  },
  deleteServiceId: { right: { arguments: some, status: 204, shape: 'none' }, wrong: wrong.locked(lockedOne) },
  lockServiceId: { right: { arguments: some, status: 204, shape: 'none' }, wrong: wrong.notFound(none) },
  unlockServiceId: { right: { arguments: lockedOne, status: 204, shape: 'none' }, wrong: wrong.foreign(lockedOne) },
};
