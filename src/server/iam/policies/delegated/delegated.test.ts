import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AUTHORIZATION_DELEGATOR } from '../../../../contract/actions.ts';
import { createPolicy } from '../../../../contract/policies/create.ts';
import { createPolicyV2 } from '../../../../contract/policies/create-v2.ts';
import { deletePolicy } from '../../../../contract/policies/delete.ts';
import { getPolicy } from '../../../../contract/policies/get.ts';
import { getPolicyV2 } from '../../../../contract/policies/get-v2.ts';
import { listPolicies } from '../../../../contract/policies/list.ts';
import type { PolicyAttribute, PolicyRequest } from '../../../../contract/policies/policy.ts';
import { replacePolicy } from '../../../../contract/policies/replace.ts';
import { restorePolicy } from '../../../../contract/policies/restore.ts';
import { removeDelegatedPolicies } from '../../../../store/iam/policy-changes.ts';
import type { Principal, ServicePrincipal } from '../../../principal.ts';
import { addCluster, type TestCluster } from '../../../testkit/clusters.ts';
import { authorize, PLATFORM, SERVICE } from '../../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';

const READER = `${SERVICE}Reader`;
const WRITER = `${SERVICE}Writer`;
const ON_KP: PolicyAttribute[] = [{ name: 'serviceInstance', value: 'kp' }];
/** Block storage runs in an account of its own, that nobody here knows. */
const STORAGE_ACCOUNT = 'd'.repeat(32);

let server: TestServer;
let accountId: string;
let cluster: TestCluster;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
});
beforeEach(async () => {
  cluster = await addCluster(server, 'vpc1');
});
afterEach(() =>
  server.store.change(['iam', 'clusters'], async (tx) => {
    await tx.deleteFrom('policies').execute();
    await tx.deleteFrom('clusters').execute();
  }),
);
afterAll(() => server[Symbol.asyncDispose]());

/** From the Kubernetes service to the instance `kp`, with delegation. */
const allow = (
  roles: readonly string[] = [READER, AUTHORIZATION_DELEGATOR],
  attributes = ON_KP,
  source: PolicyAttribute[] = [],
) => authorize(server, { roles, service: 'kms', attributes, source });

interface Wish {
  readonly service?: string;
  readonly roles?: readonly string[];
  readonly on?: readonly PolicyAttribute[];
  readonly target?: string;
  readonly account?: string;
}

function wish({
  service = 'server-protect',
  roles = [READER],
  on = ON_KP,
  target = 'kms',
  account = accountId,
}: Wish = {}): PolicyRequest {
  const subject = [
    { name: 'serviceName', value: service },
    { name: 'accountId', value: STORAGE_ACCOUNT },
  ];
  return {
    type: 'authorization',
    subjects: [{ attributes: subject }],
    roles: roles.map((role_id) => ({ role_id })),
    resources: [{ attributes: [{ name: 'serviceName', value: target }, { name: 'accountId', value: account }, ...on] }],
  };
}

const delegate = (principal: Principal, of: Wish = {}) => server.pipeline.invoke(createPolicy, principal, { body: wish(of) });
const stateOf = async (id: string) => (await server.call(getPolicy, server.ownerToken, { params: { id } })).output.state;
const etagOf = async (id: string) => (await server.call(getPolicy, server.ownerToken, { params: { id } })).headers?.ETag ?? '';
const may = async (principal: Principal, action: 'kms.secrets.unwrap' | 'kms.secrets.create' = 'kms.secrets.unwrap') =>
  (await server.decide(principal, action, { serviceName: 'kms', accountId, serviceInstance: 'kp' })).allowed;

const storage: ServicePrincipal = {
  kind: 'service',
  iamId: `crn-crn:v1:bluemix:public:server-protect:us-south:a/${STORAGE_ACCOUNT}:::`,
  accountId: STORAGE_ACCOUNT,
  name: 'server-protect',
  credential: 'token',
  crn: `crn:v1:bluemix:public:server-protect:us-south:a/${STORAGE_ACCOUNT}:::`,
  source: { serviceName: 'server-protect', accountId: STORAGE_ACCOUNT, region: 'us-south' },
};

describe('a cluster with an authorization that has AuthorizationDelegator', () => {
  test('lets block storage use the same instance, which people see as created by the service', async () => {
    const parent = await allow();
    expect(await may(storage)).toBe(false);
    const made = await delegate(cluster.service);
    expect(await may(storage)).toBe(true);
    expect(await may(storage, 'kms.secrets.create')).toBe(false);
    const facts = { created_by_service: 'containers-kubernetes', created_by_id: `crn-${cluster.crn}`, parent_id: parent };
    expect(made).toMatchObject(facts);
    const params = { id: made.id };
    expect((await server.call(getPolicyV2, server.ownerToken, { params })).output).toMatchObject(facts);
    const { output } = await server.call(listPolicies, server.ownerToken, { query: { type: 'authorization' } });
    expect(output.policies.find(({ id }) => id === made.id)).toMatchObject(facts);
    expect(output.policies.find(({ id }) => id === parent)).not.toHaveProperty('created_by_service');
  });

  test('does so in the form of version 2, and for a key of its own instance', async () => {
    await allow();
    const equals = (key: string, value: string) => ({ key, value, operator: 'stringEquals' as const });
    const made = await server.pipeline.invoke(createPolicyV2, cluster.service, {
      body: {
        type: 'authorization',
        subject: { attributes: [equals('serviceName', 'is'), equals('accountId', STORAGE_ACCOUNT)] },
        resource: {
          attributes: [
            equals('serviceName', 'kms'),
            equals('accountId', accountId),
            equals('serviceInstance', 'kp'),
            equals('resourceType', 'key'),
            equals('resource', 'k1'),
          ],
        },
        control: { grant: { roles: [{ role_id: READER }] } },
      },
    });
    expect(made).toMatchObject({ created_by_service: 'containers-kubernetes' });
  });

  test('in another account than the KMS instance delegates in the account of the instance', async () => {
    const other = await server.addAccount();
    const foreign = await addCluster(server, 'foreign', { accountId: other.accountId });
    await authorize(server, {
      sourceAccount: other.accountId,
      roles: [READER, AUTHORIZATION_DELEGATOR],
      service: 'kms',
      attributes: ON_KP,
    });
    const { id } = await delegate(foreign.service);
    expect(await stateOf(id)).toBe('active');
    expect(await may(storage)).toBe(true);
  });

  test('may give a lower role than it has itself', async () => {
    await allow([WRITER, AUTHORIZATION_DELEGATOR]);
    await expect(delegate(cluster.service)).resolves.toMatchObject({ roles: [{ role_id: READER }] });
  });

  test('has one of its own for each cluster, and each goes with its cluster', async () => {
    await allow();
    const second = await addCluster(server, 'vpc2');
    const first = await delegate(cluster.service);
    const other = await delegate(second.service);
    await expect(delegate(second.service)).rejects.toMatchObject({ code: 'POLICY_CONFLICT' });
    const by = { iamId: 'test', at: server.clock.now() };
    await server.store.change(['iam'], (tx) => removeDelegatedPolicies(tx, { createdBy: `crn-${cluster.crn}` }, by));
    expect([await stateOf(first.id), await stateOf(other.id)]).toEqual(['deleted', 'active']);
    expect(await may(storage)).toBe(true);
    await server.store.change(['iam'], (tx) => removeDelegatedPolicies(tx, { createdBy: `crn-${second.crn}` }, by));
    expect(await may(storage)).toBe(false);
  });
});

describe('a delegation is refused', () => {
  const denied = { code: 'ACTION_DENIED' };

  test.each<readonly [string, Wish]>([
    ['for a service that does not work for it', { service: 'cloud-object-storage' }],
    ['for its own service', { service: 'containers-kubernetes' }],
    ['with a role above its own', { roles: [WRITER] }],
    ['with a platform role', { roles: [`${PLATFORM}Administrator`] }],
    ['with the right to delegate further', { roles: [READER, AUTHORIZATION_DELEGATOR] }],
    ['on all instances', { on: [] }],
    ['on another instance', { on: [{ name: 'serviceInstance', value: 'other' }] }],
    ['on a pattern of instances', { on: [{ name: 'serviceInstance', value: 'k?', operator: 'stringMatch' }] }],
    ['on another provider', { target: 'hs-crypto' }],
    ['on clusters', { target: 'containers-kubernetes', roles: [`${PLATFORM}Viewer`], on: [] }],
    ['in another account', { account: 'e'.repeat(32) }],
  ])('%s', async (_what, of) => {
    await allow();
    await expect(delegate(cluster.service, of)).rejects.toMatchObject(denied);
  });

  test('without AuthorizationDelegator, with the delegator in another authorization, and with that of another cluster', async () => {
    await allow([READER]);
    await expect(delegate(cluster.service)).rejects.toMatchObject(denied);
    await allow([AUTHORIZATION_DELEGATOR]);
    await expect(delegate(cluster.service)).rejects.toMatchObject(denied);
    await allow(undefined, undefined, [{ name: 'serviceInstance', value: 'another' }]);
    await expect(delegate(cluster.service)).rejects.toMatchObject(denied);
  });

  test('by plugin and agent, by token or not', async () => {
    await allow();
    await expect(delegate(cluster.plugin)).rejects.toMatchObject(denied);
    await expect(delegate(cluster.agent)).rejects.toMatchObject(denied);
    await expect(server.call(createPolicy, cluster.pluginToken, { body: wish() })).rejects.toMatchObject(denied);
  });

  test('at the second level: block storage has nothing to pass on', async () => {
    await allow();
    await delegate(cluster.service);
    await expect(delegate(storage, { service: 'is' })).rejects.toMatchObject(denied);
    await authorize(server, { sourceService: 'server-protect', sourceAccount: STORAGE_ACCOUNT, roles: [READER], service: 'kms' });
    await expect(delegate(storage, { service: 'is' })).rejects.toMatchObject(denied);
  });

  test('as an access policy for a person', async () => {
    await allow([READER, AUTHORIZATION_DELEGATOR, `${PLATFORM}Administrator`]);
    const body: PolicyRequest = {
      ...wish(),
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: server.account.ownerIamId }] }],
    };
    await expect(server.pipeline.invoke(createPolicy, cluster.service, { body })).rejects.toMatchObject(denied);
  });

  test('of a cluster that is being removed', async () => {
    await allow();
    await server.store.change(['clusters', 'iam'], async (tx) => {
      await tx.updateTable('clusters').set({ desired_state: 'removed' }).where('id', '=', 'vpc1').execute();
    });
    await expect(delegate(cluster.service)).rejects.toMatchObject(denied);
  });
});

describe('what was delegated', () => {
  test('goes with its parent, in the same moment', async () => {
    const parent = await allow();
    const { id } = await delegate(cluster.service);
    expect(await may(storage)).toBe(true);
    await server.call(deletePolicy, server.ownerToken, { params: { id: parent } });
    expect(await stateOf(id)).toBe('deleted');
    expect(await may(storage)).toBe(false);
    const deletion = (await server.auditRecords()).find(
      ({ action, requestData }) => action === 'iam-am.policy.delete' && JSON.stringify(requestData).includes(parent),
    );
    expect(deletion).toMatchObject({ requestData: { delegatedPolicies: [id] } });
    // The parent comes back alone: what worked by it asks again.
    const headers = { 'if-match': await etagOf(parent) };
    await server.call(restorePolicy, server.ownerToken, { params: { id: parent }, headers, body: { state: 'active' } });
    expect(await stateOf(id)).toBe('deleted');
    await expect(delegate(cluster.service)).resolves.toMatchObject({ state: 'active' });
  });

  const narrower: readonly (readonly [string, (parent: PolicyRequest) => PolicyRequest, string])[] = [
    ['loses the right to delegate', (parent) => ({ ...parent, roles: [{ role_id: READER }] }), 'deleted'],
    ['loses the role that was given', (parent) => ({ ...parent, roles: [{ role_id: AUTHORIZATION_DELEGATOR }] }), 'deleted'],
    ['moves to another instance', (parent) => JSON.parse(JSON.stringify(parent).replace('"kp"', '"other"')), 'deleted'],
    ['is for another source now', (parent) => ofSource(parent, { name: 'serviceInstance', value: 'another' }), 'deleted'],
    ['is for the same source still', (parent) => ofSource(parent, { name: 'serviceInstance', value: 'vpc1' }), 'active'],
    [
      'is for its resource group',
      (parent) => ofSource(parent, { name: 'resourceGroupId', value: server.account.resourceGroupId }),
      'active',
    ],
    ['gets another description', (parent) => ({ ...parent, description: 'new' }), 'active'],
    ['gets a higher role', (parent) => ({ ...parent, roles: [...parent.roles, { role_id: WRITER }] }), 'active'],
  ];
  const ofSource = (parent: PolicyRequest, more: PolicyAttribute): PolicyRequest => ({
    ...parent,
    subjects: [{ attributes: [...(parent.subjects[0]?.attributes ?? []), more] }],
  });

  test.each(narrower)('is held against a parent that %s', async (_what, change, state) => {
    const parent = await allow();
    const { id } = await delegate(cluster.service);
    const body = change({
      ...wish({ service: 'containers-kubernetes', roles: [READER, AUTHORIZATION_DELEGATOR] }),
      subjects: [
        {
          attributes: [
            { name: 'serviceName', value: 'containers-kubernetes' },
            { name: 'accountId', value: accountId },
          ],
        },
      ],
    });
    const headers = { 'if-match': await etagOf(parent) };
    await server.call(replacePolicy, server.ownerToken, { params: { id: parent }, headers, body });
    expect(await stateOf(id)).toBe(state);
    expect(await may(storage)).toBe(state === 'active');
  });

  test('can be deleted by people, and neither changed nor restored', async () => {
    await allow();
    const { id } = await delegate(cluster.service);
    const change = { params: { id }, headers: { 'if-match': await etagOf(id) }, body: wish({ on: [] }) };
    await expect(server.call(replacePolicy, server.ownerToken, change)).rejects.toMatchObject({ code: 'POLICY_DELEGATED' });
    await server.call(deletePolicy, server.ownerToken, { params: { id } });
    const headers = { 'if-match': await etagOf(id) };
    const restoring = { params: { id }, headers, body: { state: 'active' as const } };
    await expect(server.call(restorePolicy, server.ownerToken, restoring)).rejects.toMatchObject({ code: 'POLICY_DELEGATED' });
  });

  test('is on record under its published name, with its parent', async () => {
    const parent = await allow();
    const { id } = await delegate(cluster.service);
    const record = (await server.auditRecords()).find(({ responseData }) => JSON.stringify(responseData ?? '').includes(id));
    expect(record).toMatchObject({
      action: 'iam-am.policy.create',
      outcome: 'success',
      initiator: { id: `crn-${cluster.crn}` },
      responseData: { parentPolicyId: parent },
    });
  });
});
