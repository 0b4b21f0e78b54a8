import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resetApiKeyOwner } from '../../../contract/api-key-owners/reset.ts';
import { createClassicCluster } from '../../../contract/clusters/create.ts';
import { enableKms } from '../../../contract/enabling/enable.ts';
import { findApiKeyOwner } from '../../../store/clusters/api-key-owners.ts';
import type { PersonPrincipal } from '../../principal.ts';
import { type Caller, startTwoAccounts, type TwoAccounts } from '../testkit/two-accounts.ts';

let scene: TwoAccounts;
beforeAll(async () => {
  scene = await startTwoAccounts();
});
afterAll(() => scene[Symbol.asyncDispose]());

const ADMINISTRATOR = 'Administrator containers-kubernetes';
const reset = (who: Caller, headers: Readonly<Record<string, string>> = {}) =>
  who.send('POST', '/v1/keys', undefined, { 'x-region': 'us-south', ...headers });
const rowOf = (region = 'us-south', resourceGroupId = scene.A.group) =>
  findApiKeyOwner(scene.clusters.server.store.db, { accountId: scene.A.id, region, resourceGroupId });
async function ownerKeyIds(): Promise<string[]> {
  const { body } = await scene.owner.send('GET', '/v1/apikeys?scope=account&pagesize=100');
  return body.apikeys.filter(({ name }) => name === 'containers-kubernetes-key').map(({ id }) => id);
}

describe('a reset', () => {
  it('gives the caller a new API key and deletes the one before; every cluster of the place has the new owner', async () => {
    const { alice, A } = scene;
    const one = await scene.addCluster(alice, 'one');
    const two = await scene.addCluster(alice, 'two', A.group);
    const before = await rowOf();
    const carl = await scene.addUser('carl', ADMINISTRATOR);
    const { status, body } = await reset(carl);
    expect([status, body]).toEqual([201, { id: carl.iamId, name: 'carl', email: 'carl@example.com' }]);
    for (const cluster of [one, two]) {
      expect((await scene.vic.send('GET', `/v1/logging/${cluster}/clusterkeyowner`)).body).toEqual(body);
    }
    const after = await rowOf();
    expect(after?.api_key_id).not.toBe(before?.api_key_id);
    const keys = await ownerKeyIds();
    expect(keys).toContain(after?.api_key_id);
    expect(keys).not.toContain(before?.api_key_id);
  });

  it('makes whoever is enabling a root key meanwhile be decided about anew, like every change of rights', async () => {
    const { store } = scene.clusters.server;
    const before = store.generation('iam');
    await reset(scene.alice);
    expect(store.generation('iam')).toBeGreaterThan(before);
  });

  it('leaves one API key, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => reset(scene.alice, { 'x-region': 'eu-fi' })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    const row = await rowOf('eu-fi');
    const { db } = scene.clusters.server.store;
    const ofPlace = await db.selectFrom('api_keys').select('id').where('description', 'like', '%region eu-fi %').execute();
    expect(ofPlace).toEqual([{ id: row?.api_key_id }]);
  });

  it('takes what clients send around it: empty headers, a refresh token, no body', async () => {
    const more = { 'x-auth-resource-group': '', 'x-auth-resource-account': '', 'x-auth-refresh-token': 'not_supported' };
    expect((await reset(scene.alice, more)).status).toBe(201);
    expect((await rowOf())?.iam_id).toBe(scene.alice.iamId);
  });

  it.each(['Viewer', 'Editor', 'Operator', 'Manager'])('is refused to %s of the Kubernetes Service', async (role) => {
    const before = await rowOf();
    const person = await scene.addUser(`not-by-${role}`, `${role} containers-kubernetes`);
    const { status, body } = await reset(person);
    expect([status, body.code]).toEqual([403, 'ACTION_DENIED']);
    expect(await rowOf()).toEqual(before);
  });

  it('takes an Administrator of the resource group or of the region, and there only', async () => {
    const { A } = scene;
    const ofGroup = await scene.addUser('of-group');
    await scene.grant(ofGroup.iamId, 'Administrator', 'containers-kubernetes', { resourceGroupId: A.secondGroup });
    expect((await reset(ofGroup, { 'x-auth-resource-group': A.secondGroup })).status).toBe(201);
    expect((await reset(ofGroup)).status).toBe(403);
    const ofRegion = await scene.addUser('of-region');
    await scene.grant(ofRegion.iamId, 'Administrator', 'containers-kubernetes', { region: 'eu-de' });
    expect((await reset(ofRegion, { 'x-region': 'eu-de' })).status).toBe(201);
    expect((await reset(ofRegion)).status).toBe(403);
    const ofCluster = await scene.addUser('of-cluster');
    const cluster = await scene.addCluster(scene.alice, 'three');
    await scene.grant(ofCluster.iamId, 'Administrator', 'containers-kubernetes', { serviceInstance: cluster });
    expect((await reset(ofCluster)).status).toBe(403);
  });

  it('of a resource group that is deleted is forgotten with its API key', async () => {
    const { alice, owner } = scene;
    const { body: group } = await owner.send('POST', '/v2/resource_groups', { name: 'short-lived' });
    expect((await reset(alice, { 'x-auth-resource-group': group.id })).status).toBe(201);
    const keyId = (await rowOf('us-south', group.id))?.api_key_id;
    expect(await ownerKeyIds()).toContain(keyId);
    expect((await owner.send('DELETE', `/v2/resource_groups/${group.id}`)).status).toBe(204);
    expect(await rowOf('us-south', group.id)).toBeUndefined();
    expect(await ownerKeyIds()).not.toContain(keyId);
  });

  it('names what is wrong with the request and changes nothing', async () => {
    const { alice, B } = scene;
    const before = await rowOf();
    const noRegion = await alice.send('POST', '/v1/keys');
    expect([noRegion.status, noRegion.body.code]).toEqual([400, 'INVALID_FIELD']);
    expect(noRegion.body.description).toContain('x-region');
    expect((await reset(alice, { 'x-region': 'Not a region' })).status).toBe(400);
    expect((await reset(alice, { 'x-region': '' })).status).toBe(400);
    for (const group of ['0'.repeat(32), B.group]) {
      const unknown = await reset(alice, { 'x-auth-resource-group': group });
      expect([unknown.status, unknown.body.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
    }
    const elsewhere = await reset(alice, { 'x-auth-resource-account': B.id });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'ACCOUNT_MISMATCH']);
    expect(await rowOf()).toEqual(before);
  });

  it('is on record with the owner before and after, and loudly; so is who asked for the owner', async () => {
    const { alice, vic } = scene;
    const dora = await scene.addUser('dora', ADMINISTRATOR);
    await reset(alice);
    await reset(dora);
    const cluster = await scene.addCluster(dora, 'four');
    await vic.send('GET', `/v1/logging/${cluster}/clusterkeyowner`);
    const records = await scene.clusters.server.auditRecords();
    const last = (action: string) => records.findLast((record) => record.action === action);
    expect(last('containers-kubernetes.account-api-key.reset')).toMatchObject({
      outcome: 'success',
      severity: 'critical',
      initiator: { id: dora.iamId },
      requestData: { region: 'us-south', resourceGroupId: scene.A.group, initialValue: alice.iamId, newValue: dora.iamId },
      responseData: { keyId: (await rowOf())?.api_key_id },
    });
    expect(last('containers-kubernetes.cluster-apikey-owner.get')).toMatchObject({
      severity: 'normal',
      initiator: { id: vic.iamId },
      target: { id: expect.stringContaining(cluster) },
    });
    // No secret of an API key is anywhere in it.
    expect(JSON.stringify(records)).not.toContain('rwk_');
  });
});

describe('a trusted profile', () => {
  const profile = (): PersonPrincipal => ({
    kind: 'profile',
    iamId: 'iam-Profile-0f4b9a3c-1111-4222-8333-444455556666',
    accountId: scene.A.id,
    name: 'operators',
    credential: 'token',
  });

  it('owns no API key: a reset is refused, and a cluster that it makes has no owner', async () => {
    const { clusters, A, kpA } = scene;
    const { invoke } = clusters.server.pipeline;
    const admin = profile();
    const now = clusters.server.clock.now();
    const row = {
      id: admin.iamId.slice('iam-'.length),
      iam_id: admin.iamId,
      account_id: A.id,
      name: admin.name,
      description: null,
    };
    const stamps = { entity_tag: '1', created_at: now, created_by: scene.owner.iamId, modified_at: now };
    await clusters.server.store.change(['iam'], (tx) =>
      tx
        .insertInto('trusted_profiles')
        .values({ ...row, ...stamps })
        .execute(),
    );
    await scene.grant(admin.iamId, 'Administrator', 'containers-kubernetes');
    await expect(invoke(resetApiKeyOwner, admin, { headers: { 'x-region': 'us-south' } })).rejects.toMatchObject({
      code: 'ACTION_DENIED',
      message: 'A trusted profile cannot own an API key.',
    });
    await clusters.server.store.change(['clusters'], (tx) => tx.deleteFrom('api_key_owners').execute());
    await invoke(createClassicCluster, admin, { headers: {}, body: { name: 'of-a-profile' } });
    await clusters.hosted.pass();
    expect(await rowOf()).toBeUndefined();
    const body = { cluster: 'of-a-profile', instance_id: kpA.id, crk_id: kpA.R1 };
    await scene.authorize(scene.alice, A.id);
    await expect(invoke(enableKms, admin, { headers: {}, body })).rejects.toMatchObject({
      code: 'API_KEY_OWNER_DENIED',
      message: expect.stringContaining('trusted profile'),
    });
  });
});
