import { randomBytes } from 'node:crypto';
import type { MethodCase } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';
import * as wrong from './wrong-calls.ts';

const newKey = async ({ prepare, newName, iamId }: Scene) =>
  await prepare('POST', '/v1/apikeys', { name: newName('key'), iam_id: iamId });
const someKey = async (scene: Scene) => ({ id: (await newKey(scene)).id });
const noKey = async () => ({ id: 'ApiKey-11111111-2222-4333-8444-555555555555' });

async function keyThat(scene: Scene, verb: 'lock' | 'disable'): Promise<{ id: string }> {
  const { id } = await newKey(scene);
  await scene.prepare('POST', `/v1/apikeys/${id}/${verb}`);
  return { id };
}

export const API_KEYS: Readonly<Record<string, MethodCase>> = {
  listApiKeys: {
    right: {
      async arguments(scene) {
        await newKey(scene);
        const { accountId, iamId } = scene;
        const more = { scope: 'entity', type: 'user', sort: 'name', order: 'asc', includeHistory: false } as const;
        return { accountId, iamId, pagesize: shapes.PAGE, filter: 'name sw "key"', ...more };
      },
      status: 200,
      shape: shapes.apiKeyList,
    },
    wrong: wrong.badQuery(async ({ accountId }) => ({ accountId, pagesize: 101 })),
  },
  createApiKey: {
    right: {
      arguments: async ({ newName, iamId, accountId }) => ({
        name: newName('key'),
        iamId,
        accountId,
        description: 'made by the client',
        apikey: randomBytes(30).toString('base64url'),
        storeValue: false,
        actionWhenLeaked: 'none',
        expiresAt: '2099-01-01T00:00:00Z',
        entityLock: 'true',
        entityDisable: 'false',
      }),
      status: 201,
      shape: shapes.createdApiKey,
    },
    wrong: wrong.invalid(async ({ iamId }) => ({ name: 'short', iamId, apikey: 'too short' })),
  },
  getApiKeysDetails: {
    right: {
      arguments: async (scene) => ({ iamApiKey: (await newKey(scene)).apikey, includeHistory: false }),
      status: 200,
      shape: shapes.apiKey,
    },
    wrong: wrong.notFound(async () => ({ iamApiKey: 'no such secret' })),
  },
  getApiKey: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), includeHistory: true, includeActivity: true }),
      status: 200,
      shape: shapes.apiKeyInUse,
    },
    wrong: wrong.foreign(someKey),
  },
  updateApiKey: {
    right: {
      async arguments({ newName, ...scene }) {
        const { id, entity_tag: ifMatch } = await newKey({ ...scene, newName });
        return { id, ifMatch, name: newName('renamed'), description: 'changed', expiresAt: '2099-01-01T00:00:00Z' };
      },
      status: 200,
      shape: shapes.apiKey,
    },
    wrong: wrong.changed(async (scene) => ({ ...(await someKey(scene)), ifMatch: 'of-another-time', name: 'renamed' })),
  },
  deleteApiKey: {
    right: { arguments: someKey, status: 204, shape: 'none' },
    wrong: wrong.locked((scene) => keyThat(scene, 'lock')),
  },
  lockApiKey: { right: { arguments: someKey, status: 204, shape: 'none' }, wrong: wrong.notFound(noKey) },
  unlockApiKey: {
    right: { arguments: (scene) => keyThat(scene, 'lock'), status: 204, shape: 'none' },
    wrong: wrong.notFound(noKey),
  },
  disableApiKey: {
    right: { arguments: someKey, status: 204, shape: 'none' },
    wrong: wrong.locked((scene) => keyThat(scene, 'lock')),
  },
  enableApiKey: {
    right: { arguments: (scene) => keyThat(scene, 'disable'), status: 204, shape: 'none' },
    wrong: wrong.foreign((scene) => keyThat(scene, 'disable')),
  },
};
