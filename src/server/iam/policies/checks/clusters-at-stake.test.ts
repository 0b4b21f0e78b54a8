import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createInstance } from '../../../../contract/instances/create.ts';
import { createKeyRing } from '../../../../contract/key-rings/create.ts';
import { createKey } from '../../../../contract/keys/creation/create.ts';
import { createPolicyV2 } from '../../../../contract/policies/create-v2.ts';
import { deletePolicy } from '../../../../contract/policies/delete.ts';
import { getPolicy } from '../../../../contract/policies/get.ts';
import type { PolicyAttribute, PolicyRequest } from '../../../../contract/policies/policy.ts';
import { replacePolicy } from '../../../../contract/policies/replace.ts';
import { addCluster } from '../../../testkit/clusters.ts';
import { addPerson, authorize, PLATFORM, SERVICE } from '../../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';

const READER = `${SERVICE}Reader`;
const TIERED_PRICING = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';

let server: TestServer;
let accountId: string;
let instance: string;
let key: string;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
  const { output } = await server.call(createInstance, server.ownerToken, {
    body: { name: 'kp', target: 'us-south', resource_group: server.account.resourceGroupId, resource_plan_id: TIERED_PRICING },
  });
  instance = output.guid;
  const headers = { 'bluemix-instance': instance };
  await server.call(createKeyRing, server.ownerToken, { headers, params: { id: 'ring' } });
  const made = await server.call(createKey, server.ownerToken, {
    headers: { ...headers, 'x-kms-key-ring': 'ring' },
    body: { metadata: { collectionTotal: 1 }, resources: [{ name: 'root', extractable: false }] },
  });
  key = made.output.resources[0]?.id ?? '';
});
afterEach(() =>
  server.store.change(['iam', 'clusters'], async (tx) => {
    await tx.deleteFrom('policies').execute();
    await tx.deleteFrom('clusters').execute();
  }),
);
afterAll(() => server[Symbol.asyncDispose]());

/** A cluster that is sealed by the root key. */
async function enabled(id: string, more: Parameters<typeof addCluster>[2] = {}, off: object = {}): Promise<void> {
  await addCluster(server, id, more);
  const use = { kms_enabled: 1, kms_service: 'kms', kms_instance_id: instance, kms_key_id: key, kms_account_id: accountId };
  await server.store.change(['clusters'], async (tx) => {
    await tx
      .updateTable('clusters')
      .set({ ...use, name: `name of ${id}`, ...off })
      .where('id', '=', id)
      .execute();
  });
}

const reader = (attributes: readonly PolicyAttribute[] = [], source: readonly PolicyAttribute[] = [], roles = [READER]) =>
  authorize(server, { roles, service: 'kms', attributes, source });
const remove = (id: string, query: { force?: boolean } = {}) =>
  server.call(deletePolicy, server.ownerToken, { params: { id }, query });
const on = (name: string, value: string): PolicyAttribute => ({ name, value });

test('an authorization that clusters live on is deleted by force only, and the refusal names them and says how', async () => {
  const id = await reader();
  await enabled('c1');
  await enabled('c2');
  const refusal = remove(id);
  await expect(refusal).rejects.toMatchObject({
    code: 'POLICY_IN_USE',
    message: expect.stringMatching(/name of c1, name of c2\..*force=true/),
  });
  await expect(refusal).rejects.toThrow(`rootward iam authorization-policy-delete ${id} --force`);
  await expect(remove(id, { force: false })).rejects.toMatchObject({ code: 'POLICY_IN_USE' });
  expect((await server.call(getPolicy, server.ownerToken, { params: { id } })).output.state).toBe('active');
  await remove(id, { force: true });
  expect((await server.call(getPolicy, server.ownerToken, { params: { id } })).output.state).toBe('deleted');
});

describe('no force is needed', () => {
  test('where no cluster uses a key', async () => {
    await addCluster(server, 'plain');
    await remove(await reader());
  });

  test('where the cluster is gone, or going', async () => {
    const id = await reader();
    await enabled('gone', {}, { deleted_at: 1 });
    await enabled('going', {}, { desired_state: 'removed' });
    await remove(id);
  });

  test.each<readonly [string, () => Promise<string>]>([
    ['the same for all instances', () => reader()],
    ['another one for this instance', () => reader([on('serviceInstance', instance)], [], [`${SERVICE}Manager`])],
    ['one for its key ring', () => reader([on('keyRing', 'ring')], [on('serviceInstance', 'c1')])],
    ['one for its key', () => reader([on('resourceType', 'key'), on('resource', key)], [on('region', 'us-south')])],
    ['one for its region', () => reader([on('region', 'us-south')], [on('resourceGroupId', server.account.resourceGroupId)])],
    ['one for the resource groups of both', () => reader([on('resourceGroupId', server.account.resourceGroupId)])],
  ])('where another authorization keeps it going: %s', async (_what, other) => {
    const id = await reader([on('serviceInstance', instance)]);
    await enabled('c1');
    await expect(remove(id)).rejects.toMatchObject({ code: 'POLICY_IN_USE' });
    await other();
    await remove(id);
  });

  test.each<readonly [string, () => Promise<string>]>([
    ['another source', () => authorize(server, { sourceService: 'server-protect', roles: [READER], service: 'kms' })],
    ['another provider', () => authorize(server, { roles: [READER], service: 'hs-crypto' })],
    ['another account', () => authorize(server, { sourceAccount: 'f'.repeat(32), roles: [READER], service: 'kms' })],
    ['another cluster', () => reader([], [on('serviceInstance', 'c2')])],
    ['another region of clusters', () => reader([], [on('region', 'eu-de')])],
    ['another resource group of clusters', () => reader([], [on('resourceGroupId', 'other')])],
    ['another instance', () => reader([on('serviceInstance', 'other')])],
    ['another key', () => reader([on('resource', 'other')])],
    ['another ring', () => reader([on('keyRing', 'default')])],
    ['a platform role', () => reader([], [], [`${PLATFORM}Viewer`])],
  ])('for one that does not carry the cluster: %s; and such a one does not keep it going', async (_what, other) => {
    const id = await reader();
    await enabled('c1');
    const useless = await other();
    await expect(remove(id)).rejects.toMatchObject({ code: 'POLICY_IN_USE' });
    await remove(useless);
    await expect(remove(id)).rejects.toMatchObject({ code: 'POLICY_IN_USE' });
  });
});

test('a cluster of another account is named by its id', async () => {
  const other = await server.addAccount();
  const id = await authorize(server, { sourceAccount: other.accountId, roles: [READER], service: 'kms' });
  await enabled('c9', { accountId: other.accountId });
  const refusal = remove(id);
  await expect(refusal).rejects.toThrow(`c9 (account ${other.accountId})`);
  await expect(refusal).rejects.not.toThrow('name of c9');
});

test('an authorization by a list of values counts like any other', async () => {
  await enabled('c1');
  const attribute = (name: string, value: string) => ({ key: name, operator: 'stringEquals' as const, value });
  const { output } = await server.call(createPolicyV2, server.ownerToken, {
    body: {
      type: 'authorization',
      subject: { attributes: [attribute('serviceName', 'containers-kubernetes'), attribute('accountId', accountId)] },
      resource: {
        attributes: [
          attribute('serviceName', 'kms'),
          attribute('accountId', accountId),
          { key: 'serviceInstance', operator: 'stringEqualsAnyOf', value: ['other', instance] },
        ],
      },
      control: { grant: { roles: [{ role_id: READER }] } },
    },
  });
  await expect(remove(output.id)).rejects.toMatchObject({ code: 'POLICY_IN_USE' });
});

describe('replacing it', () => {
  const wish = (resource: readonly PolicyAttribute[] = [], roles = [READER]): PolicyRequest => ({
    type: 'authorization',
    subjects: [{ attributes: [on('serviceName', 'containers-kubernetes'), on('accountId', accountId)] }],
    roles: roles.map((role_id) => ({ role_id })),
    resources: [{ attributes: [on('serviceName', 'kms'), on('accountId', accountId), ...resource] }],
  });
  async function replace(id: string, body: PolicyRequest, query: { force?: boolean } = {}) {
    const { headers } = await server.call(getPolicy, server.ownerToken, { params: { id } });
    return server.call(replacePolicy, server.ownerToken, {
      params: { id },
      headers: { 'if-match': headers?.ETag ?? '' },
      query,
      body,
    });
  }

  test('by what still carries the cluster needs no force; narrowing it away does', async () => {
    const id = await reader();
    await enabled('c1');
    await replace(id, wish([on('serviceInstance', instance)]));
    await replace(id, wish([on('keyRing', 'ring')], [`${SERVICE}Writer`]));
    for (const body of [wish([on('keyRing', 'default')]), wish([], [`${PLATFORM}Viewer`])]) {
      await expect(replace(id, body)).rejects.toMatchObject({
        code: 'POLICY_IN_USE',
        message: expect.stringContaining('name of c1'),
      });
    }
    await replace(id, wish([on('keyRing', 'default')]), { force: true });
  });
});

test('who may not delete the authorization is not told which clusters there are', async () => {
  const id = await reader();
  await enabled('c1');
  const nobody = await addPerson(server, 'nobody');
  const attempt = server.call(deletePolicy, nobody.token, { params: { id } });
  await expect(attempt).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  await expect(attempt).rejects.not.toThrow('name of c1');
});
