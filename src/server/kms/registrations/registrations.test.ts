import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { listAllRegistrations } from '../../../contract/registrations/list-all.ts';
import { removeRegistration } from '../../../contract/registrations/remove.ts';
import { replaceRegistration } from '../../../contract/registrations/replace.ts';
import { updateRegistration } from '../../../contract/registrations/update.ts';
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
const change = (operation: typeof replaceRegistration | typeof updateRegistration, id: string, fields: object, of = cluster) =>
  scene.server.pipeline.invoke(operation as typeof updateRegistration, of.service, {
    headers: scene.headers,
    params: { id, crn: of.crn },
    body: { metadata: { collectionTotal: 1 }, resources: [fields] },
  });
const remove = (id: string, of = cluster) =>
  scene.server.pipeline.invoke(removeRegistration, of.service, { headers: scene.headers, params: { id, crn: of.crn } });
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
      body: { metadata: {}, resources: [{ preventKeyDeletion: false }] },
    });
    await expect(foreign).rejects.toMatchObject({ code: 'RESOURCE_OWNER' });
    const body = { metadata: {}, resources: [{ preventKeyDeletion: false }] };
    const byOwner = scene.server.call(createRegistration, scene.server.ownerToken, {
      headers: scene.headers,
      params: { id, crn: cluster.crn },
      body,
    });
    await expect(byOwner).rejects.toMatchObject({ code: 'SERVICE_ONLY' });
  });

  it('needs an Active root key', async () => {
    await expect(register((await scene.keyIn(2)).id)).rejects.toMatchObject({ code: 'REGISTRATION_KEY_STATE' });
    await expect(register((await scene.addKey({ extractable: true })).id)).rejects.toMatchObject({
      code: 'REGISTRATION_ROOT_REQUIRED',
    });
  });
});

describe('a change of a registration', () => {
  it('by PUT replaces all of it, by PATCH what is given', async () => {
    const { id } = await scene.addKey();
    await register(id, { description: 'first', registrationMetadata: 'mine', preventKeyDeletion: true });
    expect(await change(updateRegistration, id, { description: 'second' })).toMatchObject({
      resources: [
        { description: 'second', registrationMetadata: 'mine', preventKeyDeletion: true, updatedBy: cluster.service.iamId },
      ],
    });
    const { resources } = await change(replaceRegistration, id, { preventKeyDeletion: false });
    expect(resources).toMatchObject([{ resourceCrn: cluster.crn, preventKeyDeletion: false }]);
    expect(resources[0]).not.toHaveProperty('description');
    expect(resources[0]).not.toHaveProperty('registrationMetadata');
  });

  it('moves to a newer key version, and never back to an older one', async () => {
    const { id } = await scene.addKey();
    await register(id);
    await scene.call(rotateKey, id);
    const newest = (await scene.metadata(id)).keyVersion?.id;
    expect((await change(updateRegistration, id, { keyVersionId: newest })).resources[0]?.keyVersion.id).toBe(newest);
    const refused = { code: 'REGISTRATION_KEY_VERSION', target: { type: 'field', name: 'keyVersionId' } };
    await expect(change(updateRegistration, id, { keyVersionId: id })).rejects.toMatchObject(refused);
    await expect(change(replaceRegistration, id, { keyVersionId: id, preventKeyDeletion: false })).rejects.toMatchObject(refused);
    await expect(change(updateRegistration, id, { keyVersionId: 'unknown' })).rejects.toMatchObject(refused);
    expect((await change(updateRegistration, id, { keyVersionId: newest })).resources[0]?.keyVersion.id).toBe(newest);
  });

  it('needs one that is on record', async () => {
    const { id } = await scene.addKey();
    const missing = { code: 'REGISTRATION_NOT_FOUND' };
    await expect(change(updateRegistration, id, {})).rejects.toMatchObject(missing);
    await expect(change(replaceRegistration, id, { preventKeyDeletion: false })).rejects.toMatchObject(missing);
    await expect(remove(id)).rejects.toMatchObject(missing);
  });

  it('needs an Active root key, and is for its service alone', async () => {
    const { id } = await scene.addKey();
    await register(id);
    await scene.call(disableKey, id);
    await expect(change(updateRegistration, id, { description: 'x' })).rejects.toMatchObject({ code: 'REGISTRATION_KEY_STATE' });
    await expect(change(replaceRegistration, id, { preventKeyDeletion: false })).rejects.toMatchObject({
      code: 'REGISTRATION_KEY_STATE',
    });
    for (const operation of [updateRegistration, replaceRegistration, removeRegistration]) {
      const byOwner = scene.server.call(operation as typeof replaceRegistration, scene.server.ownerToken, {
        headers: scene.headers,
        params: { id, crn: cluster.crn },
        body: { metadata: {}, resources: [{ preventKeyDeletion: false }] },
      });
      await expect(byOwner).rejects.toMatchObject({ code: 'SERVICE_ONLY' });
    }
  });

  it('that is a new one says whether it prevents the deletion of the key', async () => {
    const { id } = await scene.addKey();
    await expect(register(id, { preventKeyDeletion: undefined })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  });
});

describe('the end of a registration', () => {
  it('answers 204, or 200 with what it was', async () => {
    const { id } = await scene.addKey();
    const statusOf = async () => (await scene.server.auditRecords()).at(-1);
    await register(id);
    await remove(id);
    expect(await statusOf()).toMatchObject({ action: 'kms.registrations.delete', reason: { reasonCode: 204 } });
    await register(id);
    const headers = { ...scene.headers, prefer: 'return=representation' };
    const params = { id, crn: cluster.crn };
    const output = await scene.server.pipeline.invoke(removeRegistration, cluster.service, { headers, params });
    expect(output).toMatchObject({ resources: [{ keyId: id, resourceCrn: cluster.crn }] });
    expect(await statusOf()).toMatchObject({
      action: 'kms.registrations.delete',
      severity: 'critical',
      reason: { reasonCode: 200 },
    });
  });

  it.each([1, 2, 3] as const)('is possible while the key is in state %i', async (state) => {
    const { id } = await scene.addKey({ ...(state === 3 && { expirationDate: '2026-01-02T03:05:05Z' }) });
    await register(id);
    if (state === 2) await scene.call(disableKey, id);
    if (state === 3) scene.server.clock.advance(60_000);
    await remove(id);
    expect((await scene.call(listRegistrations, id)).output.resources).toEqual([]);
  });
});

describe('a list of registrations', () => {
  const listAll = async (query: object, headers: object = {}) =>
    (
      await scene.server.call(listAllRegistrations, await scene.server.logIn(scene.server.ownerApiKey), {
        headers: { ...scene.headers, ...headers },
        query,
      } as never)
    ).output;
  const crnsOf = ({ resources }: { resources: { resourceCrn: string }[] }) => resources.map(({ resourceCrn }) => resourceCrn);

  it('of an empty instance has no resources and a total of 0', async () => {
    expect(await listAll({ totalCount: 'true' })).toMatchObject({
      metadata: { collectionType: 'application/vnd.ibm.kms.registration+json', collectionTotal: 0, totalCount: 0 },
      resources: [],
    });
  });

  it('is read in pages that neither skip nor repeat, and counts all of them where asked', async () => {
    const { id } = await scene.addKey();
    const clusters = [cluster];
    for (const name of ['c2', 'c3', 'c4', 'c5']) clusters.push(await addCluster(scene.server, name));
    for (const each of clusters) {
      await register(id, {}, each);
      scene.server.clock.advance(1);
    }
    const seen: string[] = [];
    for (let offset = 0; offset < 6; offset += 2) {
      const page = await listAll({ limit: '2', offset: String(offset), totalCount: 'true' });
      expect(page.metadata).toMatchObject({ collectionTotal: page.resources.length, totalCount: 5 });
      seen.push(...crnsOf(page));
    }
    expect(seen).toEqual(clusters.map(({ crn }) => crn));
    expect((await listAll({})).metadata).not.toHaveProperty('totalCount');
  });

  it('can be of those that prevent deletion, or of the others', async () => {
    const { id } = await scene.addKey();
    const other = await addCluster(scene.server, 'c2');
    await register(id, { preventKeyDeletion: true });
    await register(id, {}, other);
    expect(crnsOf(await listAll({ preventKeyDeletion: 'True' }))).toEqual([cluster.crn]);
    expect(crnsOf(await listAll({ preventKeyDeletion: 'false' }))).toEqual([other.crn]);
    expect(crnsOf((await scene.call(listRegistrations, id, { query: { preventKeyDeletion: 'true' } })).output)).toEqual([
      cluster.crn,
    ]);
  });

  it('names the key, its version and when that was made, but the metadata of a service to services only', async () => {
    const key = await scene.addKey({ name: 'payroll' });
    await register(key.id, { registrationMetadata: 'mine' });
    const [shown] = (await listAll({})).resources;
    expect(shown).toMatchObject({ keyId: key.id, keyName: 'payroll', keyVersion: key.keyVersion });
    expect(shown).not.toHaveProperty('registrationMetadata');
    const toService = await scene.server.pipeline.invoke(listRegistrations, cluster.service, {
      headers: scene.headers,
      params: { id: key.id },
      query: {},
    });
    expect(toService.resources).toMatchObject([{ registrationMetadata: 'mine' }]);
  });

  it('of a key ring has those of its keys only, and an unknown ring is not found', async () => {
    const { id } = await scene.addKey();
    await register(id);
    expect(crnsOf(await listAll({}, { 'x-kms-key-ring': 'default' }))).toEqual([cluster.crn]);
    await expect(listAll({}, { 'x-kms-key-ring': 'none' })).rejects.toMatchObject({ code: 'KEY_RING_NOT_FOUND' });
  });

  describe('by a CRN', () => {
    const parts = () => cluster.crn.split(':');
    const withPart = (index: number, text: string) => parts().with(index, text).join(':');

    it('may have * for any segment, and at the end of the last one, where one key is asked', async () => {
      const { id } = await scene.addKey();
      await register(id);
      const found = async (pattern: string) =>
        (await scene.call(listRegistrations, id, { query: { urlEncodedResourceCRNQuery: pattern } })).output.resources.length;
      expect(await found(cluster.crn)).toBe(1);
      for (let index = 2; index < 10; index++) expect(await found(withPart(index, '*')), `segment ${index}`).toBe(1);
      expect(await found('crn:*:*:*:*:*:*:*:*:*')).toBe(1);
      expect(await found(`${cluster.crn}*`)).toBe(1);
      for (const [index, other] of [
        [4, 'cloud-object-storage'],
        [7, 'cluster2'],
        [7, 'CLUSTER1'],
        [7, 'cluster_'],
        [7, 'c%'],
        [9, 'x'],
        [9, 'x*'],
      ] as const)
        expect(await found(withPart(index, other)), other).toBe(0);
      expect(await found(withPart(4, '*').replace('cluster1', 'CLUSTER1'))).toBe(0);
    });

    it('has its first eight segments where all keys are asked', async () => {
      const { id } = await scene.addKey();
      await register(id);
      const found = async (pattern: string) => (await listAll({ urlEncodedResourceCRNQuery: pattern })).resources.length;
      expect(await found(cluster.crn)).toBe(1);
      expect(await found(`${cluster.crn}*`)).toBe(1);
      expect(await found(withPart(8, '*'))).toBe(1);
      for (let index = 0; index < 8; index++)
        await expect(found(withPart(index, '*')), `segment ${index}`).rejects.toMatchObject({ code: 'INVALID_QUERY' });
    });

    it.each([
      'crn:v1:*',
      '*',
      '',
      'a:b:c:d:e:f:g:h:i:j',
      'crn:v1:bluemix:public:s:l:a/1:i:t:r:more',
      'crn:v1:blue*:public:s:l:a/1:i:t:r',
      'crn:v1:bluemix:public:s:l:a/1:i:t:*r',
      'crn:v1:bluemix:public:s:l:a/1:i:t:**',
    ])('%j is refused by name', async (urlEncodedResourceCRNQuery) => {
      const { id } = await scene.addKey();
      await expect(scene.call(listRegistrations, id, { query: { urlEncodedResourceCRNQuery } })).rejects.toMatchObject({
        code: 'INVALID_QUERY',
        target: { type: 'query_param', name: 'urlEncodedResourceCRNQuery' },
      });
    });
  });
});
