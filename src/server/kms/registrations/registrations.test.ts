import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { removeRegistration } from '../../../contract/registrations/remove.ts';
import { addCluster, type TestCluster } from '../../testkit/clusters.ts';
import { authorize, SERVICE } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let cluster: TestCluster;
beforeEach(async () => {
  scene = await openKeyScene();
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
  cluster = await addCluster(scene.server, 'cluster1');
});
afterEach(() => scene[Symbol.asyncDispose]());

const register = (id: string, more: object = {}, of = cluster) =>
  scene.server.pipeline.invoke(createRegistration, of.service, {
    headers: scene.headers,
    params: { id, crn: of.crn },
    body: { metadata: { collectionTotal: 1 }, resources: [{ preventKeyDeletion: false, ...more }] },
  });
const pending = () => scene.server.events.pendingFor('containers-kubernetes', 100);

describe('a key that protects resources', () => {
  it('is not deleted without force, and the refusal names force', async () => {
    const { id } = await scene.addKey();
    await register(id);
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject({
      code: 'KEY_PROTECTS_RESOURCES',
      target: { type: 'query_param', name: 'force' },
    });
    expect((await scene.metadata(id)).state).toBe(1);
    expect(await pending()).toEqual([]);
  });

  it('is deleted by force, and the resources that it protected hear of it', async () => {
    const { id } = await scene.addKey();
    await register(id);
    await scene.call(deleteKey, id, { query: { force: 'true' } });
    expect((await scene.metadata(id)).state).toBe(5);
    expect((await scene.call(listRegistrations, id)).output.resources).toEqual([]);
    expect(await pending()).toMatchObject([{ event: { type: 'deletion', key_id: id, key_state: 5 }, resourceCrn: cluster.crn }]);
  });

  it('is not even deleted by force where a registration prevents it', async () => {
    const { id } = await scene.addKey();
    await register(id, { preventKeyDeletion: true });
    await expect(scene.call(deleteKey, id, { query: { force: 'true' } })).rejects.toMatchObject({
      code: 'KEY_DELETION_PREVENTED',
    });
    await scene.server.pipeline.invoke(removeRegistration, cluster.service, {
      headers: scene.headers,
      params: { id, crn: cluster.crn },
    });
    expect((await scene.call(deleteKey, id)).status).toBe(204);
  });
});

describe('a registration', () => {
  it('made again is the same one', async () => {
    const { id } = await scene.addKey();
    await register(id);
    await register(id, { description: 'again' });
    const { output } = await scene.call(listRegistrations, id, { query: { totalCount: 'true' } });
    expect(output.metadata.totalCount).toBe(1);
    expect(output.resources).toMatchObject([{ resourceCrn: cluster.crn, description: 'again', preventKeyDeletion: false }]);
  });

  it('is made by services only, and only for what is theirs', async () => {
    const { id } = await scene.addKey();
    const other = await addCluster(scene.server, 'cluster2');
    const foreign = scene.server.pipeline.invoke(createRegistration, cluster.service, {
      headers: scene.headers,
      params: { id, crn: other.crn },
      body: { metadata: {}, resources: [{}] },
    });
    await expect(foreign).rejects.toMatchObject({ code: 'RESOURCE_OWNER' });
    const body = { metadata: {}, resources: [{}] };
    const byOwner = scene.server.call(createRegistration, scene.server.ownerToken, {
      headers: scene.headers,
      params: { id, crn: cluster.crn },
      body,
    });
    await expect(byOwner).rejects.toMatchObject({ code: 'SERVICE_ONLY' });
  });

  it('needs an Active root key', async () => {
    await expect(register((await scene.keyIn(2)).id)).rejects.toMatchObject({ code: 'REGISTRATION_KEY_STATE' });
    await expect(register((await scene.addKey({ extractable: true })).id)).rejects.toMatchObject({ code: 'KEY_ROOT_REQUIRED' });
  });
});
