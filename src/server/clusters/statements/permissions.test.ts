import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Caller, startTwoAccounts, type TwoAccounts, tryKey } from '../testkit/two-accounts.ts';

// The statements about the rights of people, by HTTP. The service authorization is there throughout.
let scene: TwoAccounts;
beforeAll(async () => {
  scene = await startTwoAccounts();
  await scene.authorize(scene.alice, scene.A.id);
});
afterAll(() => scene[Symbol.asyncDispose]());

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const ADMINISTRATOR = 'Administrator containers-kubernetes';
let count = 0;
const named = (what: string) => `${what}-${++count}`;
const ownerOf = async (cluster: string) => (await scene.vic.send('GET', `/v1/logging/${cluster}/clusterkeyowner`)).body;

/** Makes somebody the API-key owner. */
async function reset(who: Caller, group: string = scene.A.group, region = 'us-south') {
  return await who.send('POST', '/v1/keys', undefined, { 'x-region': region, 'x-auth-resource-group': group });
}

beforeEach(async () => {
  expect((await reset(scene.alice)).status).toBe(201);
});

it.each([
  [
    'the caller is no Administrator of the cluster',
    { caller: ['Viewer containers-kubernetes'], owner: ['Viewer kms', 'Reader kms'] },
    'ACTION_DENIED',
  ],
  ['the owner lacks Viewer on the KMS', { caller: [ADMINISTRATOR], owner: ['Reader kms'] }, 'API_KEY_OWNER_DENIED'],
  ['the owner lacks Reader on the KMS', { caller: [ADMINISTRATOR], owner: ['Viewer kms'] }, 'API_KEY_OWNER_DENIED'],
  [
    'the owner has both on the other kind of KMS only',
    { caller: [ADMINISTRATOR], owner: ['Viewer hs-crypto', 'Reader hs-crypto'] },
    'API_KEY_OWNER_DENIED',
  ],
  ['nothing is missing', { caller: [ADMINISTRATOR], owner: ['Viewer kms', 'Reader kms'] }, undefined],
] as const)('S24 the permissions to enable: %s', async (_what, { caller, owner }, code) => {
  const { kpA } = scene;
  const cluster = await scene.addCluster(scene.alice, named('s24'));
  const enabler = await scene.addUser(named('enabler'), ...caller);
  expect((await reset(await scene.addUser(named('owner'), ADMINISTRATOR, ...owner))).status).toBe(201);
  const { status, body } = await scene.enable(enabler, cluster, kpA.id, kpA.R1);
  expect([status, body.code]).toEqual(code === undefined ? [201, undefined] : [403, code]);
});

it.each([
  ['Viewer', ['Viewer']],
  ['Editor', ['Viewer', 'Editor']],
  ['Operator', ['Viewer', 'Operator']],
  ['service roles only', ['Reader', 'Writer', 'Manager']],
])('S25 with %s on the cluster enabling is 403', async (_what, roles) => {
  const { kpA } = scene;
  const cluster = await scene.addCluster(scene.alice, named('s25'));
  // All rights to the keys, so that only those to the cluster can be what is missing.
  const person = await scene.addUser(
    named('person'),
    'Administrator kms',
    'Manager kms',
    ...roles.map((role) => `${role} containers-kubernetes`),
  );
  const { status, body } = await scene.enable(person, cluster, kpA.id, kpA.R1);
  expect([status, body.code]).toEqual([403, 'ACTION_DENIED']);
});

it('S25 Administrator of the cluster is accepted, Administrator of another cluster is 403', async () => {
  const { kpA } = scene;
  const mine = await scene.addCluster(scene.alice, named('s25'));
  const other = await scene.addCluster(scene.alice, named('s25'));
  const person = await scene.addUser(named('scoped'));
  await scene.grant(person.iamId, 'Administrator', 'containers-kubernetes', { serviceInstance: mine });
  expect(await scene.enable(person, other, kpA.id, kpA.R1)).toMatchObject({ status: 403, body: { code: 'ACTION_DENIED' } });
  expect(await scene.enable(person, mine, kpA.id, kpA.R1)).toMatchObject({ status: 201, body: {} });
});

it('S26 an owner without access to the KMS is named in the refusal; after a reset by somebody with access, enabling succeeds', async () => {
  const { alice, kpA, A } = scene;
  const carl = await scene.addUser('carl', ADMINISTRATOR);
  expect((await reset(carl)).body).toEqual({ id: carl.iamId, name: 'carl', email: 'carl@example.com' });
  const cluster = await scene.addCluster(alice, named('s26'));
  expect(await ownerOf(cluster)).toEqual({ id: carl.iamId, name: 'carl', email: 'carl@example.com' });
  const refused = await scene.enable(alice, cluster, kpA.id, kpA.R1);
  expect([refused.status, refused.body.code]).toEqual([403, 'API_KEY_OWNER_DENIED']);
  for (const word of ['carl', carl.iamId, carl.email, 'us-south', 'Default', 'Viewer', 'Reader', kpA.id]) {
    expect(refused.body.description).toContain(word);
  }
  expect(refused.body.recoveryCLI).toContain(`ks api-key reset --region us-south --resource-group-id ${A.group}`);
  expect((await reset(alice)).status).toBe(201);
  expect(await ownerOf(cluster)).toMatchObject({ id: alice.iamId });
  expect(await scene.enable(alice, cluster, kpA.id, kpA.R1)).toMatchObject({ status: 201, body: {} });
});

it('S26 every region and resource group has its own owner', async () => {
  const { alice, kpA, A } = scene;
  const dora = await scene.addUser('dora', ADMINISTRATOR);
  const here = await scene.addCluster(alice, named('s26'));
  const there = await scene.addCluster(dora, named('s26'), A.secondGroup);
  expect([(await ownerOf(here)).id, (await ownerOf(there)).id]).toEqual([alice.iamId, dora.iamId]);
  // Alice may enable in both, and her own rights would do; but in the second group it is dora's that count.
  const refused = await scene.enable(alice, there, kpA.id, kpA.R1);
  expect([refused.status, refused.body.code]).toEqual([403, 'API_KEY_OWNER_DENIED']);
  expect(refused.body.description).toContain('resource group second');
  expect((await scene.enable(alice, here, kpA.id, kpA.R1)).status).toBe(201);
  // The same group in another region is another pair.
  expect((await reset(alice, A.secondGroup, 'eu-de')).status).toBe(201);
  expect((await ownerOf(there)).id).toBe(dora.iamId);
  expect((await reset(alice, A.secondGroup)).status).toBe(201);
  expect((await scene.enable(alice, there, kpA.id, kpA.R1)).status).toBe(201);
});

it.each([
  ['Editor without Writer', ['Editor kms'], 201, 401],
  ['Writer without Editor', ['Writer kms'], 403, 201],
  ['Editor and Writer', ['Editor kms', 'Writer kms'], 201, 201],
  ['Viewer and Reader', ['Viewer kms', 'Reader kms'], 403, 401],
])('S27 with %s an instance is created with %s', async (_what, roles, instanceStatus, keyStatus) => {
  const person = await scene.addUser(named('creator'), ...roles);
  const body = { name: named('kp'), target: 'us-south', resource_group: scene.A.group, resource_plan_id: PLAN };
  const made = await person.send('POST', '/v2/resource_instances', body);
  expect(made.status).toBe(instanceStatus);
  expect((await tryKey(person, scene.kpA.id, 'a key')).status).toBe(keyStatus);
  // Where they made an instance, the same holds in it.
  if (made.status === 201) expect((await tryKey(person, made.body.guid, 'a key')).status).toBe(keyStatus);
});

it.each([
  ['Viewer and Reader', ['Viewer kms', 'Reader kms'], { visible: true, keys: 200, enable: 201 }],
  ['Viewer only', ['Viewer kms'], { visible: true, keys: 403, enable: 403 }],
  ['Reader only', ['Reader kms'], { visible: false, keys: undefined, enable: 403 }],
] as const)('S28 an owner with %s on the KMS', async (_what, roles, wanted) => {
  const { kpA, hpA } = scene;
  const person = await scene.addUser(named('owner'), ADMINISTRATOR, ...roles);
  expect((await reset(person)).status).toBe(201);
  const cluster = await scene.addCluster(person, named('s28'));
  expect((await ownerOf(cluster)).id).toBe(person.iamId);
  const { list: instances } = await person.send('GET', '/v2/getKMSInstances');
  expect(instances.some((instance) => instance.instance_id === kpA.id)).toBe(wanted.visible);
  expect(instances.some((instance) => instance.instance_id === hpA.id)).toBe(false);
  if (wanted.keys !== undefined) {
    const keys = await person.send('GET', `/v2/getCRKs?kms_instance=${kpA.id}`);
    expect(keys.status).toBe(wanted.keys);
    if (keys.status === 200) {
      const ids = keys.list.map((key) => key.crk_id);
      for (const id of [kpA.R1, kpA.R2, kpA.R3]) expect(ids).toContain(id);
      expect(ids).not.toContain(kpA.S1);
    }
  }
  const { status, body } = await scene.enable(person, cluster, kpA.id, kpA.R1);
  expect([status, body.code]).toEqual([wanted.enable, wanted.enable === 201 ? undefined : 'API_KEY_OWNER_DENIED']);
});
