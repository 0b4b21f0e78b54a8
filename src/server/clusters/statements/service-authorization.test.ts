import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createPolicy } from '../../../contract/policies/create.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { clusterServicePrincipal } from '../cluster-identity.ts';
import { attributes, type Caller, type Reply, roleCrn, startTwoAccounts, type TwoAccounts } from '../testkit/two-accounts.ts';

// The statements about the service authorization, by HTTP, with the fixtures of the statements. A cluster that is enabled is not
// enabled twice, so every statement takes new ones.
let scene: TwoAccounts;
let made: { readonly by: Caller; readonly id: string }[] = [];
beforeAll(async () => {
  scene = await startTwoAccounts();
});
afterAll(() => scene[Symbol.asyncDispose]());
afterEach(withdrawAll);

interface Wanted {
  readonly source?: string;
  readonly sourceAccount?: string;
  readonly target?: string;
  readonly roles?: readonly string[];
  readonly on?: Readonly<Record<string, string>>;
}

async function authorize(by: Caller, wanted: Wanted = {}): Promise<Reply> {
  const { source = 'containers-kubernetes', sourceAccount = by.accountId, target = 'kms', roles = ['Reader'], on = {} } = wanted;
  const reply = await by.send('POST', '/v1/policies', {
    type: 'authorization',
    subjects: [{ attributes: attributes({ serviceName: source, accountId: sourceAccount }) }],
    roles: roles.map((role) => ({ role_id: roleCrn(role) })),
    resources: [{ attributes: attributes({ serviceName: target, accountId: by.accountId, ...on }) }],
  });
  if (reply.status === 201) made.push({ by, id: reply.body.id });
  return reply;
}

async function withdrawAll(): Promise<void> {
  for (const { by, id } of made) expect((await by.send('DELETE', `/v1/policies/${id}?force=true`)).status).toBe(204);
  made = [];
}

/** How soon a change has to be seen. */
const DETECTION = { timeout: 3000 } as const;

let count = 0;
const newCluster = () => scene.addCluster(scene.alice, `cl${++count}`);
const look = async (cluster: string) => (await scene.alice.send('GET', `/v2/getCluster?cluster=${cluster}`)).body;

/** Enabling is refused for want of a service authorization, and nothing has changed. */
async function expectMissing(cluster: string, instance: string, key: string, more: object = {}): Promise<Reply> {
  const before = await look(cluster);
  const reply = await scene.enable(scene.alice, cluster, instance, key, more);
  expect([reply.status, reply.body.code]).toEqual([403, 'SERVICE_AUTHORIZATION_MISSING']);
  expect(await look(cluster)).toEqual(before);
  return reply;
}

async function expectAccepted(cluster: string, instance: string, key: string, more: object = {}): Promise<void> {
  const reply = await scene.enable(scene.alice, cluster, instance, key, more);
  expect(reply).toMatchObject({ status: 201, body: {} });
  expect((await look(cluster)).lifecycle.masterStatus).toBe('Key management service feature enablement in progress.');
}

it('S15 without the service authorization enabling is refused with source, target and where to create it; with it, it is accepted', async () => {
  const { kpA, A } = scene;
  const cluster = await newCluster();
  const { body } = await expectMissing(cluster, kpA.id, kpA.R1);
  for (const word of ['containers-kubernetes', 'kms', kpA.id, A.id, 'Reader']) expect(body.description).toContain(word);
  expect(body.recoveryCLI).toContain(`iam authorization-policy-create containers-kubernetes kms Reader`);
  await authorize(scene.alice);
  await expectAccepted(cluster, kpA.id, kpA.R1);
});

it('S17 for a cluster and a KMS instance of one account, the target account of the authorization is the one that the cluster is in', async () => {
  const { alice, A } = scene;
  await authorize(alice);
  const { body } = await alice.send('GET', `/v1/policies?account_id=${A.id}&type=authorization`);
  const [policy] = body.policies;
  expect(policy?.resources[0]?.attributes).toContainEqual(expect.objectContaining({ name: 'accountId', value: A.id }));
  await expectAccepted(await newCluster(), scene.kpA.id, scene.kpA.R1);
  // Nobody makes it anywhere else: the account of the target is the account of whoever makes it.
  const elsewhere = await scene.bob.send('POST', '/v1/policies', {
    type: 'authorization',
    subjects: [{ attributes: attributes({ serviceName: 'containers-kubernetes', accountId: A.id }) }],
    roles: [{ role_id: roleCrn('Reader') }],
    resources: [{ attributes: attributes({ serviceName: 'kms', accountId: A.id }) }],
  });
  expect([400, 403]).toContain(elsewhere.status);
});

it('S18 this account as the source means the account of the cluster; another account as the source does not open it', async () => {
  const { alice, A, B, kpA } = scene;
  const cluster = await newCluster();
  await authorize(alice, { sourceAccount: B.id });
  await expectMissing(cluster, kpA.id, kpA.R1);
  await authorize(alice);
  const { body } = await alice.send('GET', `/v1/policies?account_id=${A.id}&type=authorization`);
  const sources = body.policies.map(
    ({ subjects }) => subjects[0]?.attributes.find(({ name }) => name === 'accountId')?.value ?? '',
  );
  expect(new Set(sources)).toEqual(new Set([A.id, B.id]));
  await expectAccepted(cluster, kpA.id, kpA.R1);
});

it('S19 a KMS instance of account B seals a cluster of account A by an authorization in B alone; nobody of A has a role in B', async () => {
  const { alice, bob, A, B, kpB } = scene;
  const cluster = await newCluster();
  const more = { account_id: B.id };
  const { body } = await expectMissing(cluster, kpB.id, kpB.R1, more);
  expect(body.recoveryCLI).toContain(`--source-service-account ${A.id}`);
  // One in A does not help: it has to be made where the keys are.
  await authorize(alice, { sourceAccount: A.id });
  await expectMissing(cluster, kpB.id, kpB.R1, more);
  await authorize(bob, { sourceAccount: A.id });
  expect((await bob.send('GET', `/v1/policies?account_id=${B.id}&type=authorization`)).body.policies).toHaveLength(1);
  await expectAccepted(cluster, kpB.id, kpB.R1, more);
  expect((await alice.send('GET', `/v2/resource_instances/${kpB.id}`)).status).toBe(404);
  const keys = await alice.send('GET', '/api/v2/keys', undefined, { 'bluemix-instance': kpB.id });
  expect(keys.status).toBe(401);
});

it('S20 an authorization of another source service than the Kubernetes Service opens nothing', async () => {
  const { kpA } = scene;
  const cluster = await newCluster();
  await authorize(scene.alice, { source: 'server-protect' });
  await expectMissing(cluster, kpA.id, kpA.R1);
  await authorize(scene.alice);
  await expectAccepted(cluster, kpA.id, kpA.R1);
});

it('S21 an authorization for kms opens Key Protect only, and one for hs-crypto Hyper Protect only', async () => {
  const { alice, kpA, hpA } = scene;
  const [first, second] = [await newCluster(), await newCluster()];
  await authorize(alice, { target: 'kms' });
  const { body } = await expectMissing(first, hpA.id, hpA.R1);
  expect(body.recoveryCLI).toContain('containers-kubernetes hs-crypto Reader');
  await expectAccepted(second, kpA.id, kpA.R1);
  await withdrawAll();
  await authorize(alice, { target: 'hs-crypto' });
  await expectMissing(await newCluster(), kpA.id, kpA.R1);
  await expectAccepted(first, hpA.id, hpA.R1);
});

it.each(['Reader', 'ReaderPlus', 'Writer', 'Manager'])('S22 %s is enough', async (role) => {
  const { kpA } = scene;
  const cluster = await newCluster();
  await expectMissing(cluster, kpA.id, kpA.R1);
  await authorize(scene.alice, { roles: [role] });
  await expectAccepted(cluster, kpA.id, kpA.R1);
});

it('S22 platform roles alone are not enough', async () => {
  const cluster = await newCluster();
  await authorize(scene.alice, { roles: ['Viewer', 'Operator', 'Editor', 'Administrator'] });
  await expectMissing(cluster, scene.kpA.id, scene.kpA.R1);
});

it('S22 an authorization that is narrowed to one instance works for that instance only', async () => {
  const { alice, kpA, A } = scene;
  const cluster = await newCluster();
  const body = {
    name: 'kp-A2',
    target: 'us-south',
    resource_group: A.group,
    resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
  };
  const other = (await alice.send('POST', '/v2/resource_instances', body)).body.guid;
  await authorize(alice, { on: { serviceInstance: other } });
  await expectMissing(cluster, kpA.id, kpA.R1);
  await authorize(alice, { on: { serviceInstance: kpA.id } });
  await expectAccepted(cluster, kpA.id, kpA.R1);
});

it('S23 the delegation is a role of its own in the request; without it Secrets can be sealed all the same', async () => {
  const { alice, kpA } = scene;
  const [first, second] = [await newCluster(), await newCluster()];
  const rolesOf = ({ body }: Reply) => new Set(body.roles.map(({ role_id }) => role_id));
  const without = await authorize(alice);
  expect(rolesOf(without)).toEqual(new Set([roleCrn('Reader')]));
  await expectAccepted(first, kpA.id, kpA.R1);
  await withdrawAll();
  const ticked = await authorize(alice, { roles: ['Reader', 'AuthorizationDelegator'] });
  expect(rolesOf(ticked)).toEqual(new Set([roleCrn('Reader'), roleCrn('AuthorizationDelegator')]));
  await expectAccepted(second, kpA.id, kpA.R1);
});

it('S23 the delegation alone, without Reader, seals nothing', async () => {
  await authorize(scene.alice, { roles: ['AuthorizationDelegator'] });
  await expectMissing(await newCluster(), scene.kpA.id, scene.kpA.R1);
});

it('S23 with the delegation the service creates the authorization of the block storage itself, and it goes with the one that it came from', async () => {
  const { clusters, alice, A, kpA } = scene;
  const id = await newCluster();
  const row = await findClusterById(clusters.server.store.db, id);
  if (!row) throw new Error('the cluster is not there');
  const service = clusterServicePrincipal(row);
  const body = {
    type: 'authorization' as const,
    subjects: [{ attributes: attributes({ serviceName: 'server-protect', accountId: A.id }) }],
    roles: [{ role_id: roleCrn('Reader') }],
    resources: [{ attributes: attributes({ serviceName: 'kms', accountId: A.id, serviceInstance: kpA.id }) }],
  };
  const delegate = () => clusters.server.pipeline.invoke(createPolicy, service, { body });
  const list = async () => (await alice.send('GET', `/v1/policies?account_id=${A.id}&type=authorization`)).body.policies;
  await authorize(alice);
  await expect(delegate()).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  await withdrawAll();
  await authorize(alice, { roles: ['Reader', 'AuthorizationDelegator'] });
  const delegated = await delegate();
  expect(await list()).toHaveLength(2);
  expect(await list()).toContainEqual(expect.objectContaining({ id: delegated.id, created_by_id: service.iamId }));
  await withdrawAll();
  expect(await list()).toEqual([]);
});

it('S23b an authorization that an enabled cluster lives on is deleted by force only; the cluster is a warning then, and normal when it is made again', async () => {
  const { clusters, alice, vic, kpA } = scene;
  const cluster = await clusters.addCluster('s23b');
  const state = async () => (await vic.send('GET', `/v2/getCluster?cluster=${cluster.id}`)).body;
  const { body: authorization } = await authorize(alice);
  await expectAccepted(cluster.id, kpA.id, kpA.R1);
  await cluster.work();
  expect(await state()).toMatchObject({ state: 'normal', features: { keyProtectEnabled: true } });
  const unforced = await alice.send('DELETE', `/v1/policies/${authorization.id}`);
  expect(unforced.status).toBe(409);
  expect(JSON.stringify(unforced.body)).toContain('s23b');
  expect(await state()).toMatchObject({ state: 'normal' });
  // Nobody asks the watch to look: it hears of the change.
  clusters.watch.start();
  expect((await alice.send('DELETE', `/v1/policies/${authorization.id}?force=true`)).status).toBe(204);
  made = [];
  await expect.poll(state, DETECTION).toMatchObject({ state: 'warning', keyManagementService: { keyState: 'denied' } });
  expect((await state()).status).toContain('service authorization');
  await authorize(alice);
  await expect.poll(state, DETECTION).toMatchObject({ state: 'normal', keyManagementService: { keyState: 'usable' } });
});
