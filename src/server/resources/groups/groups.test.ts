import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGroup } from '../../../contract/groups/create.ts';
import { deleteGroup } from '../../../contract/groups/delete.ts';
import { getGroup } from '../../../contract/groups/get.ts';
import { listGroups } from '../../../contract/groups/list.ts';
import { updateGroup } from '../../../contract/groups/update.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { reclaimInstance } from '../../../contract/reclamations/act.ts';
import { listReclamations } from '../../../contract/reclamations/list.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const create = async (name: string, token = server.ownerToken) =>
  (await server.call(createGroup, token, { body: { name } })).output;
const rename = async (id: string, body: object, token = server.ownerToken) =>
  (await server.call(updateGroup, token, { params: { id }, body })).output;
const remove = (id: string, token = server.ownerToken) => server.call(deleteGroup, token, { params: { id } });
const show = async (id: string, token = server.ownerToken) => (await server.call(getGroup, token, { params: { id } })).output;

test('a group is created, shown, listed, renamed and deleted', async () => {
  const { id, crn } = await create(' payments ');
  expect(crn).toBe(`crn:v1:bluemix:public:resource-controller::a/${server.account.accountId}::resource-group:${id}`);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await show(id)).toMatchObject({
    id,
    crn,
    name: 'payments',
    default: false,
    state: 'ACTIVE',
    created_at: expect.any(String),
  });
  const listed = await server.call(listGroups, server.ownerToken, { query: { name: 'payments', include_deleted: true } });
  expect(listed.output.resources.map((group) => group.id)).toEqual([id]);
  expect(await rename(id, { name: 'billing', state: 'ACTIVE' })).toEqual({ ...(await show(id)), name: 'billing' });
  await remove(id);
  await expect(show(id)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
  await expect(remove(id)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
});

describe('a name', () => {
  test('belongs to one group of the account, also in other letters', async () => {
    const { id } = await create('Kassa');
    for (const name of ['Kassa', 'kassa', ' KASSA ', 'Ｋassa', 'default'])
      await expect(create(name)).rejects.toMatchObject({ code: 'RESOURCE_GROUP_NAME_TAKEN' });
    const other = await create('other');
    await expect(rename(other.id, { name: 'kassa' })).rejects.toMatchObject({ code: 'RESOURCE_GROUP_NAME_TAKEN' });
    expect((await rename(id, { name: 'kassa' })).name).toBe('kassa');
    const neighbour = await server.addAccount();
    await create('Kassa', neighbour.token);
  });

  test('is taken once by two who ask at the same time', async () => {
    const answers = await Promise.allSettled(['twin', 'twin', 'TWIN'].map((name) => create(name)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test.each(['', '  ', 'x'.repeat(41), 'a\tb'])('%j is refused', async (name) => {
    await expect(create(name)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'name' } });
  });
});

describe('a group that cannot be deleted', () => {
  test('is the default one', async () => {
    await expect(remove(server.account.resourceGroupId)).rejects.toMatchObject({ code: 'RESOURCE_GROUP_DEFAULT' });
  });

  test('is one with an instance, also a deleted one until it is reclaimed', async () => {
    const { id } = await create('full');
    const body = {
      name: 'i',
      target: 'us-south',
      resource_group: id,
      resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
    };
    const { guid } = (await server.call(createInstance, server.ownerToken, { body })).output;
    await expect(remove(id)).rejects.toMatchObject({ code: 'RESOURCE_GROUP_NOT_EMPTY' });
    await server.call(deleteInstance, server.ownerToken, { params: { id: guid } });
    await expect(remove(id)).rejects.toMatchObject({ code: 'RESOURCE_GROUP_NOT_EMPTY' });
    const { output } = await server.call(listReclamations, server.ownerToken, { query: { resource_group_id: id } });
    await server.call(reclaimInstance, server.ownerToken, { params: { id: output.resources[0]?.id ?? '' } });
    await remove(id);
    await expect(server.call(createInstance, server.ownerToken, { body })).rejects.toMatchObject({
      target: { name: 'resource_group' },
    });
  });

  test('is one with a cluster', async () => {
    const { id } = await create('clustered');
    await addCluster(server, 'in-group');
    await server.store.change(['clusters'], async (tx) => {
      await tx.updateTable('clusters').set({ resource_group_id: id }).where('id', '=', 'in-group').execute();
    });
    await expect(remove(id)).rejects.toMatchObject({ code: 'RESOURCE_GROUP_NOT_EMPTY' });
  });
});

test('groups are changed by Editors of the resource controller only, and are unknown to other accounts', async () => {
  const { id } = await create('guarded');
  const viewer = await addPerson(server, 'viewer');
  await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'resource-controller' });
  const editor = await addPerson(server, 'editor');
  await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Editor`], service: 'resource-controller' });
  const other = await server.addAccount();
  expect((await show(id, viewer.token)).name).toBe('guarded');
  for (const attempt of [
    () => create('no', viewer.token),
    () => rename(id, { name: 'no' }, viewer.token),
    () => remove(id, viewer.token),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  for (const attempt of [
    () => show(id, other.token),
    () => rename(id, { name: 'no' }, other.token),
    () => remove(id, other.token),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
  const foreign = { body: { name: 'theirs', account_id: other.accountId } };
  await expect(server.call(createGroup, editor.token, foreign)).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
  expect((await rename(id, { name: 'renamed' }, editor.token)).name).toBe('renamed');
  await remove(id, editor.token);
});

test('what is done to groups is on record', async () => {
  const { id } = await create('recorded');
  await rename(id, { name: 'again' });
  await remove(id);
  const records = (await server.auditRecords()).filter(({ requestData, responseData }) =>
    [requestData, responseData].some((data) => (data as { resourceGroupId?: string }).resourceGroupId === id),
  );
  expect(records.map(({ action }) => action)).toEqual([
    'resource-controller.group.create',
    'resource-controller.group.update',
    'resource-controller.group.delete',
  ]);
});
