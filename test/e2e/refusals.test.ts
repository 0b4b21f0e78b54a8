import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, addInstance, addRootKey, logIn } from '../process/api.ts';
import { runCli } from '../process/run-cli.ts';
import { addCluster, type HostedCluster, startCluster } from './hosted-cluster.ts';
import { type HostedServer, startHostedServer } from './hosted-server.ts';
import { type RootKeys, rootKeys } from './root-keys.ts';
import { type Attribute, authorize, deletePolicy, grant, ROLE } from './service-authorizations.ts';
import { until } from './until.ts';

const NOWHERE = '11111111-2222-4333-8444-555555555555';

// All against one real cluster that is ready to be enabled: whatever is refused here is refused for the reason that is claimed.
describe('enabling is refused, says what to do, and changes nothing', () => {
  let server: HostedServer;
  let cluster: HostedCluster;
  let otherCluster: string;
  let keys: RootKeys;
  let key: string;
  let policies: string[] = [];

  beforeAll(async () => {
    server = await startHostedServer();
    keys = rootKeys(server.owner, await addInstance(server.owner, server.resourceGroupId));
    key = await addRootKey(server.owner, keys.instance);
    cluster = await startCluster(server, 'refused');
    otherCluster = await addCluster(server, 'another');
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    for (const policy of policies) await deletePolicy(server, policy);
    policies = [];
  });

  async function allow(change: Parameters<typeof authorize>[1] = {}): Promise<void> {
    policies.push(await authorize(server, change));
  }

  async function personWith(roles: readonly string[], on: readonly Attribute[] = []): Promise<Api> {
    const made = await server.owner.send('POST', '/v1/serviceids/', { name: 'somebody', apikey: { name: 'key' } });
    expect(made.status).toBe(201);
    policies.push(await grant(server, made.body.iam_id, roles, 'containers-kubernetes', on));
    return await logIn(server.url, made.body.apikey.apikey);
  }

  const enable = (api: Api, instance_id: string, crk_id: string) =>
    api.send('POST', '/v2/enableKMS', { cluster: cluster.id, instance_id, crk_id });

  /** The refusal, after checking that it left no trace. */
  async function refusal(crkId: string, options: { instance?: string; api?: Api } = {}): Promise<Answer> {
    const before = await cluster.view();
    const answer = await enable(options.api ?? server.owner, options.instance ?? keys.instance, crkId);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    const view = await cluster.view();
    expect(view).toEqual(before);
    expect(view.lifecycle).toMatchObject({ masterStatus: 'Ready', masterState: 'deployed' });
    expect(view.keyManagementService.enabled).toBe(false);
    if (crkId !== NOWHERE) expect(await keys.registrations(crkId)).toEqual([]);
    return answer;
  }

  /** That this is accepted, and taken back before anything is written. */
  async function expectAccepted(api: Api = server.owner): Promise<void> {
    expect(await enable(api, keys.instance, key)).toMatchObject({ status: 201 });
    const stopped = await server.owner.send('POST', '/v2/kms/run', { cluster: cluster.id, action: 'abort' });
    expect(stopped.status).toBe(200);
    await cluster.becomes('is as before', ({ lifecycle }) => lifecycle.masterStatus === 'Ready');
    expect(await keys.registrations(key)).toEqual([]);
  }

  describe('S8: the KMS instance and the root key have to be there first', () => {
    it('an unknown instance is named', async () => {
      await allow();
      const { status, body } = await refusal(NOWHERE, { instance: NOWHERE });
      expect([status, body.code]).toEqual([404, 'KMS_INSTANCE_UNKNOWN']);
      expect(body.description).toContain(NOWHERE);
      expect(body.recoveryCLI).toContain('ks kms instance ls');
    });

    it('an unknown key is named', async () => {
      await allow();
      const { status, body } = await refusal(NOWHERE);
      expect([status, body.code]).toEqual([400, 'ROOT_KEY_UNUSABLE']);
      expect(body.description).toContain(`has no key ${NOWHERE}`);
      expect(body.recoveryCLI).toContain(`ks kms crk ls --instance-id ${keys.instance}`);
    });

    it('a standard key is called one', async () => {
      await allow();
      const { status, body } = await refusal(await addRootKey(server.owner, keys.instance, { extractable: true }));
      expect([status, body.code]).toEqual([400, 'ROOT_KEY_UNUSABLE']);
      expect(body.description).toContain('is a standard key');
    });

    it('a disabled key is called disabled', async () => {
      await allow();
      const disabled = await addRootKey(server.owner, keys.instance);
      await keys.act(disabled, 'disable');
      const { status, body } = await refusal(disabled);
      expect([status, body.code]).toEqual([400, 'ROOT_KEY_UNUSABLE']);
      expect(body.description).toContain('is disabled (Suspended)');
      expect(body.recoveryCLI).toContain('Enable the key');
    });

    it('an expired key is called expired', async () => {
      await allow();
      const expirationDate = new Date(Date.now() + 2000).toISOString();
      const expired = await addRootKey(server.owner, keys.instance, { expirationDate });
      await sleep(2500);
      const { status, body } = await refusal(expired);
      expect([status, body.code]).toEqual([400, 'ROOT_KEY_UNUSABLE']);
      expect(body.description).toContain('has expired');
      expect(body.recoveryCLI).toContain('Create a new root key');
    });
  });

  describe('S15, S20–S22: the service authorization', () => {
    it('S15: is asked for by source, target, role and command; when that command has been run, enabling is accepted', async () => {
      const { status, body } = await refusal(key);
      expect([status, body.code]).toEqual([403, 'SERVICE_AUTHORIZATION_MISSING']);
      for (const word of ['containers-kubernetes', server.accountId, 'kms', keys.instance, 'Reader'])
        expect(body.description).toContain(word);
      const [, command = ''] = body.recoveryCLI.split('rootward ');
      expect(command).toBe(
        `iam authorization-policy-create containers-kubernetes kms Reader --target-service-instance-id ${keys.instance}`,
      );
      const env = { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: server.apiKey };
      const run = await runCli([...command.split(' '), '--output', 'json'], env, server.dataDir);
      expect(run).toMatchObject({ status: 0 });
      policies.push((JSON.parse(run.out) as { id: string }).id);
      await expectAccepted();
    });

    it('S20: of another source service does not count', async () => {
      await allow({ source: 'server-protect' });
      expect((await refusal(key)).body.code).toBe('SERVICE_AUTHORIZATION_MISSING');
    });

    it('S21: for hs-crypto does not open Key Protect, nor one for Key Protect hs-crypto', async () => {
      await allow({ target: 'hs-crypto' });
      expect((await refusal(key)).body.code).toBe('SERVICE_AUTHORIZATION_MISSING');
      await deletePolicy(server, policies.pop() ?? '');
      await allow({ target: 'kms' });
      const instance = await addInstance(server.owner, server.resourceGroupId, 'hp');
      // This server makes no instances of hs-crypto, so one is made of another kind in the store.
      using database = new DatabaseSync(join(server.dataDir, 'rootward.db'));
      database.prepare("update instances set service = 'hs-crypto' where guid = ?").run(instance);
      const { body } = await refusal(NOWHERE, { instance });
      expect(body.code).toBe('SERVICE_AUTHORIZATION_MISSING');
      expect(body.description).toContain(`target: hs-crypto, instance ${instance}`);
      expect(body.recoveryCLI).toContain('containers-kubernetes hs-crypto Reader');
    });

    it.each([['Reader'], ['Writer'], ['Manager']] as const)('S22: %s on the instance is enough', async (role) => {
      const roles = [ROLE[role.toLowerCase() as 'reader' | 'writer' | 'manager']];
      await allow({ roles, on: [{ name: 'serviceInstance', value: keys.instance }] });
      await expectAccepted();
    });

    it('S22: with platform roles only is not enough', async () => {
      await allow({ roles: [ROLE.viewer, ROLE.administrator] });
      expect((await refusal(key)).body.code).toBe('SERVICE_AUTHORIZATION_MISSING');
    });

    it('S22: of another instance does not count', async () => {
      const other = await addInstance(server.owner, server.resourceGroupId, 'other');
      await allow({ on: [{ name: 'serviceInstance', value: other }] });
      expect((await refusal(key)).body.code).toBe('SERVICE_AUTHORIZATION_MISSING');
    });
  });

  describe('S25: Administrator on the cluster', () => {
    const serviceRoles = [ROLE.reader, ROLE.writer, ROLE.manager];
    it.each([
      ['Viewer', [ROLE.viewer]],
      ['Editor', [ROLE.viewer, ROLE.editor]],
      ['Operator', [ROLE.viewer, ROLE.operator]],
      ['nothing but service roles', serviceRoles],
    ])('with %s it is 403', async (_name, roles) => {
      await allow();
      const { status, body } = await refusal(key, { api: await personWith(roles) });
      expect([status, body.code]).toEqual([403, 'ACTION_DENIED']);
    });

    it('Administrator of another cluster is 403 for this one', async () => {
      await allow();
      const api = await personWith([ROLE.administrator], [{ name: 'serviceInstance', value: otherCluster }]);
      const { status, body } = await refusal(key, { api });
      expect([status, body.code]).toEqual([403, 'ACTION_DENIED']);
    });

    it('Administrator of this cluster is enough', async () => {
      await allow();
      await expectAccepted(await personWith([ROLE.administrator], [{ name: 'serviceInstance', value: cluster.id }]));
    });
  });

  it('a cluster that is not ready yet is busy, and is not touched', async () => {
    await allow();
    const fresh = await addCluster(server, 'fresh');
    const body = { cluster: fresh, instance_id: keys.instance, crk_id: key };
    const refused = await server.owner.send('POST', '/v2/enableKMS', body);
    expect(refused).toMatchObject({ status: 409, body: { code: 'CLUSTER_BUSY' } });
    expect(await keys.registrations(key)).toEqual([]);
    await server.owner.send('DELETE', `/v1/clusters/${fresh}`);
    const gone = async () => (await server.owner.send('GET', `/v2/getCluster?cluster=${fresh}`)).status === 404;
    await until('the fresh cluster is gone', gone);
  });
});
