import { randomUUID } from 'node:crypto';
import { createAccessGroup } from '../../../src/contract/access-groups/create.ts';
import { createApiKey } from '../../../src/contract/api-keys/create.ts';
import { createGroup } from '../../../src/contract/groups/create.ts';
import { createInstance } from '../../../src/contract/instances/create.ts';
import { deleteInstance } from '../../../src/contract/instances/delete.ts';
import { createKeyRing } from '../../../src/contract/key-rings/create.ts';
import { createKey } from '../../../src/contract/keys/creation/create.ts';
import { KEY_TYPE } from '../../../src/contract/keys/key.ts';
import { createPolicy } from '../../../src/contract/policies/create.ts';
import { deletePolicy } from '../../../src/contract/policies/delete.ts';
import { listReclamations } from '../../../src/contract/reclamations/list.ts';
import { createServiceId } from '../../../src/contract/service-ids/create.ts';
import { createProfile } from '../../../src/contract/trusted-profiles/create.ts';
import { inviteUsers } from '../../../src/contract/users/invite.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../../../src/server/clusters/testkit/test-clusters.ts';
import type { ClusterPrincipal, Principal } from '../../../src/server/principal.ts';
import { PLATFORM } from '../../../src/server/testkit/people.ts';
import type { TestServer } from '../../../src/server/testkit/test-server.ts';
import { writeMeta } from '../../../src/store/meta.ts';
import type { At } from './platform-rows.ts';
import type { Scoped } from './scoped-places.ts';

export type KmsService = 'kms' | 'hs-crypto';

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const RING = 'the-ring';

/** An account with one of each thing. */
export interface PlatformScene extends AsyncDisposable {
  readonly clusters: TestClusters;
  readonly server: TestServer;
  readonly kms: KmsService;
  readonly accountId: string;
  readonly group: string;
  readonly otherGroup: string;
  readonly instance: string;
  readonly key: string;
  readonly deleted: string;
  readonly reclamation: string;
  readonly serviceId: string;
  readonly serviceIamId: string;
  readonly apiKey: { readonly id: string; readonly secret: string };
  /** A service ID that may do nothing. */
  readonly poorIamId: string;
  readonly profile: string;
  readonly accessGroup: string;
  /** A user who was invited, and the invitation. */
  readonly user: string;
  readonly invitation: string;
  readonly policy: string;
  readonly deletedPolicy: string;
  readonly cluster: TestCluster;
  readonly processes: Readonly<Record<ClusterPrincipal['role'], ClusterPrincipal>>;
  readonly owner: Principal;
  readonly ownerElsewhere: Principal;
  things(at: At): Scoped;
}

export async function openPlatformScene(kms: KmsService): Promise<PlatformScene> {
  const clusters = await startTestClusters();
  const { server } = clusters;
  const { ownerToken: token } = server;
  const { accountId, resourceGroupId: group } = server.account;

  const addInstance = async (name: string): Promise<string> => {
    const body = { name, target: 'us-south', resource_group: group, resource_plan_id: PLAN };
    return (await server.call(createInstance, token, { body, headers: {} })).output.guid;
  };
  const [instance, deleted] = [await addInstance('keys'), await addInstance('deleted')];
  const headers = { 'bluemix-instance': instance };
  await server.call(createKeyRing, token, { params: { id: RING }, headers });
  const keys = await server.call(createKey, token, {
    headers: { ...headers, 'x-kms-key-ring': RING },
    body: {
      metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
      resources: [{ type: KEY_TYPE, name: 'a key', extractable: false }],
    },
  });
  await server.call(deleteInstance, token, { params: { id: deleted }, query: {} });
  const reclamations = await server.call(listReclamations, token, { query: {} });
  await server.store.change(['keys', 'iam'], (tx) => tx.updateTable('instances').set({ service: kms }).execute());

  const made = await server.call(createServiceId, token, { body: { name: 'a service' }, headers: {} });
  const serviceIamId = made.output.iam_id;
  // Whoever manages the keys of a service ID has to have its rights, so this one has none.
  const poor = await server.call(createServiceId, token, { body: { name: 'another service' }, headers: {} });
  const poorIamId = poor.output.iam_id;
  const key = await server.call(createApiKey, token, { body: { name: 'a key', iam_id: poorIamId }, headers: {} });
  const profile = (await server.call(createProfile, token, { body: { name: 'a profile' } })).output.id;
  await server.store.change([], (tx) => writeMeta(tx, 'account_id', accountId));
  const accessGroup = (await server.call(createAccessGroup, token, { query: {}, body: { name: 'a group' } })).output.id;
  await server.store.change(['iam'], (tx) =>
    tx
      .insertInto('access_group_members')
      .values({ group_id: accessGroup, iam_id: serviceIamId, account_id: accountId, created_at: 0, created_by: '' })
      .execute(),
  );
  const invited = await server.call(inviteUsers, token, {
    params: { account_id: accountId },
    body: { users: [{ email: 'somebody@example.com' }] },
  });
  const [user] = invited.output.resources;
  const addPolicy = async (role: string): Promise<string> =>
    (await server.call(createPolicy, token, { body: policyFor(role) })).output.id;
  const policyFor = (role: string) => ({
    type: 'access' as const,
    subjects: [{ attributes: [{ name: 'iam_id', value: serviceIamId }] }],
    roles: [{ role_id: PLATFORM + role }],
    resources: [
      {
        attributes: [
          { name: 'serviceName', value: kms },
          { name: 'accountId', value: accountId },
          { name: 'serviceInstance', value: instance },
        ],
      },
    ],
  });
  const otherGroup = (await server.call(createGroup, token, { body: { name: 'other group' } })).output.id;
  const [policy, deletedPolicy] = [await addPolicy('Operator'), await addPolicy('Editor')];
  await server.call(deletePolicy, token, { params: { id: deletedPolicy }, query: {} });
  const cluster = await clusters.addCluster('c1');
  const elsewhere = await server.addAccount();

  const place = { region: 'us-south', resourceGroupId: group };
  const management = (service: string, resourceType?: string, resource?: string, whole = false): Scoped => ({
    service,
    attributes: { ...(resourceType !== undefined && { resourceType }), ...(resource !== undefined && { resource }) },
    whole,
  });
  const inInstance = { ...place, serviceInstance: instance };
  const things: Readonly<Record<At, Scoped>> = {
    instance: { service: kms, attributes: inInstance },
    'deleted instance': { service: kms, attributes: { ...place, serviceInstance: deleted } },
    'new instance': { service: kms, attributes: place },
    'instance policy': { service: kms, attributes: { serviceInstance: instance }, whole: true },
    'every policy': management('iam-access-management', 'policy', undefined, true),
    key: {
      service: kms,
      attributes: { ...inInstance, keyRing: RING, resourceType: 'key', resource: keys.output.resources[0]?.id ?? '' },
    },
    cluster: { service: 'containers-kubernetes', attributes: { ...place, serviceInstance: cluster.id } },
    'new cluster': { service: 'containers-kubernetes', attributes: place },
    identity: management('iam-identity', 'identity', poorIamId),
    'service ID': management('iam-identity', 'serviceid', made.output.id),
    'new service ID': management('iam-identity', 'serviceid'),
    profile: management('iam-identity', 'profile', profile),
    'new profile': management('iam-identity', 'profile'),
    'access group': management('iam-groups', 'group', accessGroup),
    'access groups': management('iam-groups', 'group'),
    'all access groups': management('iam-groups', 'group', undefined, true),
    user: management('user-management', 'user', user?.id ?? ''),
    'invited user': management('user-management', 'user', user?.id ?? ''),
    users: management('user-management', 'user', undefined, true),
    'account itself': management('account-management', 'account', accountId),
    'new account': management('rootward', 'account'),
    'resource group': {
      service: 'resource-controller',
      attributes: { resourceGroupId: otherGroup, resourceType: 'resource-group', resource: otherGroup },
    },
    'new resource group': management('resource-controller', 'resource-group'),
    clock: management('rootward', 'clock'),
    backup: management('rootward', 'backup'),
    'signing key': management('rootward', 'signing-key'),
  };
  return {
    clusters,
    server,
    kms,
    accountId,
    group,
    otherGroup,
    instance,
    key: keys.output.resources[0]?.id ?? '',
    deleted,
    reclamation: reclamations.output.resources[0]?.id ?? '',
    serviceId: made.output.id,
    serviceIamId,
    poorIamId,
    profile,
    apiKey: { id: key.output.id, secret: key.output.apikey ?? '' },
    accessGroup,
    user: user?.id ?? '',
    invitation: user?.invitation.id ?? '',
    policy,
    deletedPolicy,
    cluster,
    processes: await processesOf(server, cluster),
    owner: await server.authenticate(token),
    ownerElsewhere: await server.authenticate(elsewhere.token),
    things: (at) => things[at],
    [Symbol.asyncDispose]: () => clusters[Symbol.asyncDispose](),
  };
}

async function processesOf(server: TestServer, cluster: TestCluster): Promise<PlatformScene['processes']> {
  const [plugin, agent] = [await server.authenticate(cluster.pluginToken), await server.authenticate(cluster.agentToken)];
  if (plugin.kind !== 'cluster' || agent.kind !== 'cluster') throw new Error('a cluster logged in as something else');
  return { plugin, agent, service: { ...plugin, role: 'service' } };
}

/** Nothing that exists. */
export const NOTHING = randomUUID();
