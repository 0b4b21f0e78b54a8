import { afterAll, beforeAll, expect, test } from 'vitest';
import { getGroup } from '../../../contract/groups/get.ts';
import { listGroups } from '../../../contract/groups/list.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { getInstance } from '../../../contract/instances/get.ts';
import { listInstances } from '../../../contract/instances/list.ts';
import { deploymentCrn } from '../../../contract/instances/offerings.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { ORIGIN, startTestServer, type TestServer } from '../../testkit/test-server.ts';

const TIERED = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const body = (name: string, change: object = {}) => ({
  name,
  target: 'us-south',
  resource_group: server.account.resourceGroupId,
  resource_plan_id: TIERED,
  ...change,
});
const create = async (name: string, change: object = {}, token = server.ownerToken) =>
  (await server.call(createInstance, token, { body: body(name, change) })).output;
const remove = (id: string, token = server.ownerToken) => server.call(deleteInstance, token, { params: { id } });
const show = async (id: string, token = server.ownerToken) => (await server.call(getInstance, token, { params: { id } })).output;

async function personWith(...roles: string[]): Promise<TestPerson> {
  const person = await addPerson(server, roles.join(' '));
  if (roles.length > 0) await grant(server, { iamId: person.iamId, roles, service: 'kms' });
  return person;
}

test('a new instance is active at once and says where its API is (S9)', async () => {
  const made = await create('my-kp', { tags: ['a'], parameters: { allowed_network: 'private-only' } });
  const { accountId } = server.account;
  expect(made).toMatchObject({
    id: `crn:v1:bluemix:public:kms:us-south:a/${accountId}:${made.guid}::`,
    crn: made.id,
    name: 'my-kp',
    account_id: accountId,
    region_id: 'us-south',
    resource_id: 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6',
    resource_plan_id: TIERED,
    type: 'service_instance',
    sub_type: 'kms',
    state: 'active',
    last_operation: { type: 'create', state: 'succeeded', async: false },
    parameters: { allowed_network: 'private-only' },
    extensions: { endpoints: { public: ORIGIN, private: ORIGIN } },
    deleted_at: null,
  });
  expect(await show(made.guid)).toEqual(made);
  expect(await show(made.crn)).toEqual(made);
});

test('its key service works, with keys sealed by an instance key of its own', async () => {
  const one = await create('one');
  const two = await create('two');
  const rows = await server.store.db.selectFrom('instances').select(['guid', 'sealed_key']).execute();
  const sealed = (guid: string) => Buffer.from(rows.find((row) => row.guid === guid)?.sealed_key ?? []).toString('hex');
  expect(sealed(one.guid).length).toBeGreaterThan(64);
  expect(sealed(one.guid)).not.toBe(sealed(two.guid));
});

test('the target is a region, or the catalog’s CRN of this plan in a region', async () => {
  expect((await create('by-crn', { target: deploymentCrn(TIERED, 'eu-de') })).region_id).toBe('eu-de');
  for (const target of ['Dallas!', deploymentCrn('another-plan', 'eu-de'), 'crn:v1:x', deploymentCrn(TIERED, '')]) {
    await expect(create('nowhere', { target })).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'target' } });
  }
});

test('an unknown plan or group is refused by name', async () => {
  await expect(create('p', { resource_plan_id: 'free-lunch' })).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
  const other = await server.addAccount();
  for (const resource_group of ['nowhere', other.resourceGroupId]) {
    await expect(create('g', { resource_group })).rejects.toMatchObject({ target: { name: 'resource_group' } });
  }
});

test('Editor creates and removes, Viewer sees, service roles do neither (S27, S28)', async () => {
  const editor = await personWith(`${PLATFORM}Editor`);
  const viewer = await personWith(`${PLATFORM}Viewer`, `${SERVICE}Reader`);
  const writer = await personWith(`${SERVICE}Writer`);
  const { guid } = await create('by-editor', {}, editor.token);
  for (const { token } of [viewer, writer]) {
    await expect(create('no', {}, token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(remove(guid, token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  }
  expect((await show(guid, viewer.token)).guid).toBe(guid);
  await expect(show(guid, writer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  const listed = async (token: string) =>
    (await server.call(listInstances, token, { query: { guid } })).output.resources.map((entry) => entry.guid);
  expect(await listed(viewer.token)).toEqual([guid]);
  expect(await listed(writer.token)).toEqual([]);
  await remove(guid, editor.token);
});

test('an Editor of one instance cannot make another', async () => {
  const person = await addPerson(server, 'one instance');
  const { guid } = await create('only');
  const attributes = [{ name: 'serviceInstance', value: guid }];
  await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Editor`], service: 'kms', attributes });
  await expect(create('more', {}, person.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  expect((await show(guid, person.token)).name).toBe('only');
  const { output } = await server.call(listInstances, person.token, { query: {} });
  expect(output.resources.map((entry) => entry.guid)).toEqual([guid]);
  expect(output.rows_count).toBe(1);
});

test('an instance with keys stays until the last key is destroyed; then 204, then 410', async () => {
  const { guid } = await create('full');
  const headers = { 'bluemix-instance': guid };
  const key = {
    metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
    resources: [{ type: KEY_TYPE, name: 'root', extractable: false }],
  };
  const { output } = await server.call(createKey, server.ownerToken, { headers, body: key as never });
  const id = output.resources[0]?.id ?? '';
  await expect(remove(guid)).rejects.toMatchObject({
    code: 'INSTANCE_HAS_KEYS',
    message: '[409, Conflict] Conflict: Instance contains 1 active keys. Remove all keys before de-provisioning',
  });
  await server.call(deleteKey, server.ownerToken, { headers, params: { id } });
  await remove(guid);
  await expect(remove(guid)).rejects.toMatchObject({ code: 'RESOURCE_GONE' });
  expect((await show(guid)).state).toBe('pending_reclamation');
  const { output: list } = await server.call(listInstances, server.ownerToken, { query: { guid } });
  expect(list.resources).toEqual([]);
  await expect(server.call(createKey, server.ownerToken, { headers, body: key as never })).rejects.toMatchObject({
    code: 'INSTANCE_UNKNOWN',
  });
});

test('an instance that seals a cluster stays', async () => {
  const { guid } = await create('in use');
  await addCluster(server, 'sealed');
  await server.store.change(['clusters'], (tx) =>
    tx
      .updateTable('clusters')
      .set({ kms_enabled: 1, kms_instance_id: guid, kms_account_id: server.account.accountId })
      .where('id', '=', 'sealed')
      .execute(),
  );
  await expect(remove(guid)).rejects.toMatchObject({
    code: 'INSTANCE_ACTIVE_CLUSTERS',
    message: expect.stringContaining('sealed'),
  });
});

test('the list goes on page by page until next_url is null, and filters', async () => {
  await using own = await startTestServer();
  const made: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const wanted = { ...body(`i${i}`), resource_group: own.account.resourceGroupId };
    made.push((await own.call(createInstance, own.ownerToken, { body: wanted })).output.guid);
  }
  const list = async (query: Record<string, unknown>) => (await own.call(listInstances, own.ownerToken, { query })).output;
  const seen: string[] = [];
  let query: Record<string, unknown> = { limit: 2, type: 'service_instance' };
  for (let pages = 0; pages < 10; pages += 1) {
    const page = await list(query);
    expect(page.rows_count).toBe(page.resources.length);
    seen.push(...page.resources.map(({ guid }) => guid));
    if (page.next_url === null) break;
    expect(page.next_url).toMatch(/^\/v2\/resource_instances\?/);
    const next = new URL(page.next_url, ORIGIN).searchParams;
    query = { ...Object.fromEntries(next), limit: Number(next.get('limit')) };
  }
  expect(seen.sort()).toEqual(made.sort());
  expect((await list({ name: 'i3' })).resources.map(({ name }) => name)).toEqual(['i3']);
  expect((await list({ sub_type: 'kms' })).resources).toHaveLength(5);
  expect((await list({ sub_type: 'hs-crypto' })).resources).toEqual([]);
  expect((await list({ resource_id: 'unknown' })).resources).toEqual([]);
  expect((await list({ type: 'other' })).resources).toEqual([]);
});

test('instances and groups of another account do not exist for its neighbours', async () => {
  const { guid, crn } = await create('private');
  const other = await server.addAccount();
  for (const id of [guid, crn]) {
    await expect(show(id, other.token)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    await expect(remove(id, other.token)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
  }
  const params = { id: server.account.resourceGroupId };
  await expect(server.call(getGroup, other.token, { params })).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
});

test('every account has its Default group, which every member may see', async () => {
  const nobody = await addPerson(server, 'member');
  const { output } = await server.call(listGroups, nobody.token, { query: { default: true } });
  expect(output.resources).toMatchObject([
    { id: server.account.resourceGroupId, name: 'Default', default: true, state: 'ACTIVE' },
  ]);
  const params = { id: server.account.resourceGroupId };
  expect((await server.call(getGroup, nobody.token, { params })).output).toEqual(output.resources[0]);
});

test('creation and removal are on record under their published names', async () => {
  const { guid } = await create('recorded');
  await remove(guid);
  const actions = (await server.auditRecords()).map((record) => record.action);
  expect(actions).toContain('kms.instance.create');
  expect(actions).toContain('kms.instance.delete');
});

test('pages and their tokens say nothing of instances that their reader may not see', async () => {
  await using alone = await startTestServer();
  const made = [];
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const resource_group = alone.account.resourceGroupId;
    const wanted = { name, target: 'us-south', resource_group, resource_plan_id: TIERED };
    made.push((await alone.call(createInstance, alone.ownerToken, { body: wanted })).output.guid);
  }
  const seen = made.sort().filter((_guid, index) => index % 2 === 1);
  const viewer = await addPerson(alone, 'viewer');
  for (const value of seen) {
    await grant(alone, {
      iamId: viewer.iamId,
      roles: [`${PLATFORM}Viewer`],
      service: 'kms',
      attributes: [{ name: 'serviceInstance', value }],
    });
  }
  const pages: (readonly string[])[] = [];
  const starts: string[] = [];
  for (let start: string | undefined; ; ) {
    const { output } = await alone.call(listInstances, viewer.token, { query: { limit: 2, ...(start && { start }) } });
    pages.push(output.resources.map(({ guid }) => guid));
    if (output.next_url === null) break;
    start = new URL(output.next_url, ORIGIN).searchParams.get('start') ?? '';
    starts.push(Buffer.from(start, 'base64url').toString('utf8'));
  }
  expect(pages).toEqual([seen.slice(0, 2), seen.slice(2)]);
  expect(starts).toEqual(seen.slice(1, 2));
});

test.each(['zz', 'MQ', 'é'])('a start of %s that no answer had is refused, and not taken for a page', async (start) => {
  await expect(server.call(listInstances, server.ownerToken, { query: { start } })).rejects.toMatchObject({
    code: 'INVALID_QUERY',
    target: { name: 'start' },
  });
});
