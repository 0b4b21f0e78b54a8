import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putApiKeyOwner } from '../../../store/clusters/api-key-owners.ts';
import { addCluster as addBareCluster } from '../../testkit/clusters.ts';
import { type Caller, startTwoAccounts, type TwoAccounts } from '../testkit/two-accounts.ts';

let scene: TwoAccounts;
beforeAll(async () => {
  scene = await startTwoAccounts();
  await scene.authorize(scene.alice, scene.A.id);
});
afterAll(() => scene[Symbol.asyncDispose]());

const ADMINISTRATOR = 'Administrator containers-kubernetes';
const KEY_NAME = 'containers-kubernetes-key';
let count = 0;
const named = (what: string) => `${what}-${++count}`;
const ownerOf = async (cluster: string) => (await scene.vic.send('GET', `/v1/logging/${cluster}/clusterkeyowner`)).body;
const reset = (who: Caller, headers: Readonly<Record<string, string>> = {}) =>
  who.send('POST', '/v1/keys', undefined, { 'x-region': 'us-south', ...headers });

async function ownerKeys(): Promise<{ id: string; name: string; iam_id: string }[]> {
  const { body } = await scene.owner.send('GET', '/v1/apikeys?scope=account&pagesize=100');
  return body.apikeys.filter(({ name }) => name === KEY_NAME);
}

/** A resource group of its own, so that nobody owns it yet. */
async function newGroup(): Promise<string> {
  const id = scene.clusters.server.iam.newId().replaceAll('-', '');
  const now = scene.clusters.server.clock.now();
  const row = { id, account_id: scene.A.id, name: named('group'), is_default: 0, created_at: now, updated_at: now } as const;
  await scene.clusters.server.store.change(['iam'], (tx) => tx.insertInto('resource_groups').values(row).execute());
  return id;
}

/** Somebody with all rights owns a new group with a cluster in it. */
async function owned(): Promise<{ owner: Caller; group: string; cluster: string; key: string }> {
  const owner = await scene.addUser(named('owner'), ADMINISTRATOR, 'Viewer kms', 'Reader kms');
  const group = await newGroup();
  const cluster = await scene.addCluster(owner, named('cl'), group);
  const key = (await ownerKeys()).find(({ iam_id }) => iam_id === owner.iamId)?.id ?? '';
  return { owner, group, cluster, key };
}

/** Enabling by alice is refused; what it says. */
async function refusal(cluster: string): Promise<{ description: string; recoveryCLI: string }> {
  const { status, body } = await scene.enable(scene.alice, cluster, scene.kpA.id, scene.kpA.R1);
  expect([status, body.code]).toEqual([403, 'API_KEY_OWNER_DENIED']);
  return body;
}

describe('the API-key owner of a region and resource group', () => {
  it('is whoever makes the first cluster there, with an API key among the own ones; later clusters change nothing', async () => {
    const { owner, group, cluster, key } = await owned();
    const { body } = await owner.send('GET', `/v1/apikeys/${key}`);
    expect(body).toMatchObject({ name: KEY_NAME, iam_id: owner.iamId });
    expect(JSON.stringify(body)).toContain(`resource group ${group}`);
    expect(body).not.toHaveProperty('apikey');
    const second = await scene.addCluster(scene.alice, named('cl'), group);
    expect(await ownerOf(second)).toEqual(await ownerOf(cluster));
    expect((await ownerKeys()).filter(({ iam_id }) => iam_id === owner.iamId)).toHaveLength(1);
  });

  it('is a service ID as well as a user, without an e-mail address', async () => {
    const { alice } = scene;
    const { body } = await scene.owner.send('POST', '/v1/serviceids/', { name: 'pipeline', account_id: scene.A.id });
    const { iam_id } = body as unknown as { iam_id: string };
    await scene.grant(iam_id, 'Administrator', 'containers-kubernetes');
    const key = await scene.owner.send('POST', '/v1/apikeys', { name: 'k', iam_id, account_id: scene.A.id });
    const service = await scene.logIn(iam_id, 'pipeline', (key.body as unknown as { apikey: string }).apikey);
    const group = await newGroup();
    const cluster = await scene.addCluster(service, named('cl'), group);
    expect(await ownerOf(cluster)).toEqual({ id: iam_id, name: 'pipeline', email: '' });
    expect((await refusal(cluster)).description).toContain(`pipeline (${iam_id})`);
    expect((await scene.owner.send('DELETE', `/v1/serviceids/${body.id}`)).status).toBe(204);
    expect(await ownerOf(cluster)).toMatchObject({ id: iam_id, problem: expect.stringContaining('service ID') });
    expect((await refusal(cluster)).description).toContain('does not exist any more');
    expect((await reset(alice, { 'x-auth-resource-group': group })).status).toBe(201);
    expect((await scene.enable(alice, cluster, scene.kpA.id, scene.kpA.R1)).status).toBe(201);
  });

  it.each([
    ['was deleted', (key: string, owner: Caller) => owner.send('DELETE', `/v1/apikeys/${key}`)],
    ['is disabled', (key: string) => setKey(key, { disabled: 1 })],
    ['has expired', (key: string) => setKey(key, { expires_at: scene.clusters.server.clock.now() })],
  ] as const)(
    'does not count any more when the API key %s; enabling names owner, region and group until a reset',
    async (word, end) => {
      const { owner, group, cluster, key } = await owned();
      await end(key, owner);
      expect(await ownerOf(cluster)).toEqual({
        id: owner.iamId,
        name: owner.name,
        email: owner.email,
        problem: `the API key ${word}`,
      });
      const { description, recoveryCLI } = await refusal(cluster);
      for (const text of [owner.name, owner.iamId, 'us-south', word]) expect(description).toContain(text);
      expect(recoveryCLI).toContain(`rootward ks api-key reset --region us-south --resource-group-id ${group} --force`);
      expect((await reset(owner, { 'x-auth-resource-group': group })).status).toBe(201);
      expect((await scene.enable(scene.alice, cluster, scene.kpA.id, scene.kpA.R1)).status).toBe(201);
    },
  );

  it.each([
    ['is disabled', 'DISABLED'],
    ['is not in the account any more', undefined],
  ] as const)('does not count any more when the user %s', async (word, state) => {
    const { owner, cluster } = await owned();
    await scene.clusters.server.store.change(['iam'], async (tx) => {
      if (state === undefined) await tx.deleteFrom('account_users').where('iam_id', '=', owner.iamId).execute();
      else await tx.updateTable('account_users').set({ state }).where('iam_id', '=', owner.iamId).execute();
    });
    const { description } = await refusal(cluster);
    expect(description).toContain(owner.iamId);
    expect(description).toContain(`the user ${word}`);
  });

  it('from before there were API keys of owners counts without one', async () => {
    const { owner, group, cluster, key } = await owned();
    await owner.send('DELETE', `/v1/apikeys/${key}`);
    const place = { account_id: scene.A.id, region: 'us-south', resource_group_id: group };
    const row = { ...place, iam_id: owner.iamId, api_key_id: '', set_at: 1, set_by: 'migration' };
    await scene.clusters.server.store.change(['clusters'], (tx) => putApiKeyOwner(tx, row));
    expect(await ownerOf(cluster)).not.toHaveProperty('problem');
    expect((await scene.enable(scene.alice, cluster, scene.kpA.id, scene.kpA.R1)).status).toBe(201);
  });

  it('is nobody before the first action of an administrator; whoever enables first becomes it, if the own rights do', async () => {
    const { clusters, alice, kpA } = scene;
    const { store, account } = clusters.server;
    const { id } = await addBareCluster(clusters.server, named('bare'), { region: 'eu-gb' });
    const none = await scene.vic.send('GET', `/v1/logging/${id}/clusterkeyowner`);
    expect([none.status, none.body.code]).toEqual([404, 'API_KEY_OWNER_NONE']);
    const helpless = await scene.addUser(named('helpless'), ADMINISTRATOR);
    const refused = await scene.enable(helpless, id, kpA.id, kpA.R1);
    expect([refused.status, refused.body.code]).toEqual([403, 'API_KEY_OWNER_DENIED']);
    expect((await scene.vic.send('GET', `/v1/logging/${id}/clusterkeyowner`)).status).toBe(404);
    expect((await scene.enable(alice, id, kpA.id, kpA.R1)).status).toBe(201);
    expect((await ownerOf(id)).id).toBe(alice.iamId);
    const rows = await store.db.selectFrom('api_key_owners').selectAll().where('region', '=', 'eu-gb').execute();
    expect(rows).toMatchObject([
      { account_id: account.accountId, iam_id: alice.iamId, api_key_id: expect.stringMatching(/^ApiKey-/) },
    ]);
  });

  it('decides enabling by the address of version 1 too', async () => {
    const carl = await scene.addUser(named('carl'), ADMINISTRATOR);
    const cluster = await scene.addCluster(carl, named('cl'), await newGroup());
    const body = { crkID: scene.kpA.R1, instanceID: scene.kpA.id };
    const refused = await scene.alice.send('POST', `/v1/clusters/${cluster}/kms`, body);
    expect([refused.status, refused.body.code]).toEqual([403, 'API_KEY_OWNER_DENIED']);
  });

  it('needs no more than the key in question, wherever the role is given', async () => {
    const { alice, kpA } = scene;
    const owner = await scene.addUser(named('narrow'), ADMINISTRATOR);
    const cluster = await scene.addCluster(owner, named('cl'), await newGroup());
    await scene.grant(owner.iamId, 'Viewer', 'kms', { serviceInstance: kpA.id });
    await scene.grant(owner.iamId, 'Reader', 'kms', { serviceInstance: kpA.id, resourceType: 'key', resource: kpA.R2 });
    expect((await scene.enable(alice, cluster, kpA.id, kpA.R1)).body.code).toBe('API_KEY_OWNER_DENIED');
    expect((await scene.enable(alice, cluster, kpA.id, kpA.R2)).status).toBe(201);
  });

  it('is not told to somebody who may not see the cluster, nor to another account', async () => {
    const { cluster } = await owned();
    const nobody = await scene.addUser(named('nobody'));
    expect((await nobody.send('GET', `/v1/logging/${cluster}/clusterkeyowner`)).status).toBe(403);
    expect((await scene.bob.send('GET', `/v1/logging/${cluster}/clusterkeyowner`)).status).toBe(404);
  });
});

function setKey(id: string, values: { disabled: number } | { expires_at: number }) {
  return scene.clusters.server.store.change(['iam'], (tx) =>
    tx.updateTable('api_keys').set(values).where('id', '=', id).execute(),
  );
}
