import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncResources } from '../../contract/events/sync.ts';
import { deleteKey } from '../../contract/keys/delete.ts';
import { disableKey } from '../../contract/keys/disable.ts';
import { createRegistration } from '../../contract/registrations/create.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { addCluster } from '../testkit/clusters.ts';
import { addPerson, authorize, grant, SERVICE } from '../testkit/people.ts';

const HOUR = 3_600_000;

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene();
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
});
afterEach(() => scene[Symbol.asyncDispose]());

const pending = async () =>
  (await scene.server.events.pendingFor('containers-kubernetes', 100)).map(({ event, resourceCrn }) => [event.type, resourceCrn]);

async function register(id: string, name: string): Promise<string> {
  const cluster = await addCluster(scene.server, name);
  await scene.server.pipeline.invoke(createRegistration, cluster.service, {
    headers: scene.headers,
    params: { id, crn: cluster.crn },
    body: { metadata: { collectionTotal: 1 }, resources: [{ preventKeyDeletion: false }] },
  });
  return cluster.crn;
}

describe('sync', () => {
  it('of a key to which nothing has happened is done at once, with 204, and told to everybody', async () => {
    const { id } = await scene.addKey();
    const crns = [await register(id, 'cluster1'), await register(id, 'cluster2')];
    let woken = 0;
    scene.server.events.onEvent(() => {
      woken += 1;
    });
    const outcome = await scene.call(syncResources, id);
    expect(outcome.status ?? syncResources.http.success).toBe(204);
    expect(await pending()).toEqual(crns.map((crn) => ['sync', crn]));
    expect(woken).toBe(1);
  });

  it('also reaches a resource whose registration a forced delete has taken away, one hour after it', async () => {
    const { id } = await scene.addKey();
    const crn = await register(id, 'cluster1');
    await scene.call(deleteKey, id, { query: { force: 'true' } });
    await scene.advance(HOUR);
    await scene.call(syncResources, id);
    expect(await pending()).toEqual([
      ['deletion', crn],
      ['sync', crn],
    ]);
  });

  it.each([
    ['disabled', disableKey],
    ['deleted', deleteKey],
  ] as const)(
    'of a key that was just %s is too early, not a matter of its state, and the refusal names the instant',
    async (_, operation) => {
      const { id } = await scene.addKey();
      await scene.call(operation as typeof deleteKey, id);
      await scene.advance(HOUR - 1);
      await expect(scene.call(syncResources, id)).rejects.toMatchObject({
        code: 'TOO_EARLY',
        message: expect.stringContaining('2026-01-02T04:04:05Z'),
        retryAfterSeconds: 1,
      });
      await scene.advance(1);
      await scene.call(syncResources, id);
    },
  );

  it('counts itself: the next one is an hour later', async () => {
    const { id } = await scene.addKey();
    await scene.call(syncResources, id);
    await expect(scene.call(syncResources, id)).rejects.toMatchObject({ code: 'TOO_EARLY' });
    await scene.advance(HOUR);
    await scene.call(syncResources, id);
  });

  it('is not held back by what happened to another key', async () => {
    const [one, other] = [await scene.addKey(), await scene.addKey()];
    await scene.call(disableKey, one.id);
    await scene.call(syncResources, other.id);
  });

  it('is for root keys and for Writers', async () => {
    const standard = await scene.addKey({ extractable: true });
    await expect(scene.call(syncResources, standard.id)).rejects.toMatchObject({ code: 'KEY_ROOT_REQUIRED' });
    const { id } = await scene.addKey();
    const [reader, writer] = [await addPerson(scene.server, 'reader'), await addPerson(scene.server, 'writer')];
    await grant(scene.server, { iamId: reader.iamId, roles: [`${SERVICE}Reader`], service: 'kms' });
    await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
    await expect(scene.call(syncResources, id, { token: reader.token })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await scene.call(syncResources, id, { token: writer.token });
  });
});
