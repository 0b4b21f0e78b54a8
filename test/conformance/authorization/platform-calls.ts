import { NOTHING, type PlatformScene } from './platform-scene.ts';

/** The right call of an operation on the thing that its row is about. */
export interface PlatformCall {
  readonly params?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly body?: unknown;
  /** Of a list: does the answer show the thing? */
  readonly shows?: (output: never) => boolean;
}

const PLANS = { kms: 'eedd3585-90c6-4c8f-be3d-062069e99fc3', 'hs-crypto': '2b6c1f3e-71d4-4a0b-8e55-90d3a4c7f816' };
const ANY_TAG = { 'if-match': '*' };

const has = (list: string, id: string, name = 'id') => ({
  shows: (output: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>) =>
    (output[list] ?? []).some((thing) => thing[name] === id),
});

/** By the name of the operation. Those that are not here need nothing. */
export function platformCalls(scene: PlatformScene): Readonly<Record<string, PlatformCall>> {
  const { accountId, instance, cluster, accessGroup, serviceIamId, user } = scene;
  const apiKey = { params: { id: scene.apiKey.id } };
  const serviceId = { params: { id: scene.serviceId } };
  const profile = { params: { id: scene.profile } };
  const profileRule = { params: { id: scene.profile, rule_id: NOTHING } };
  const profileIdentity = { params: { id: scene.profile, type: 'serviceid', identifier: scene.poorIamId } };
  const claimRule = {
    type: 'Profile-SAML',
    realm_name: 'https://idp.example.com',
    expiration: 43_200,
    conditions: [{ claim: 'groups', operator: 'EQUALS', value: '"admins"' }],
  };
  const group = { params: { id: accessGroup } };
  const member = { params: { id: accessGroup, iam_id: serviceIamId } };
  const rule = { params: { id: accessGroup, rule_id: 'r1' } };
  const inAccount = { params: { account_id: accountId } };
  const ofUser = { params: { account_id: accountId, iam_id: user }, query: {} };
  const invitation = { params: { id: scene.invitation } };
  const viewer = 'crn:v1:bluemix:public:iam::::role:Viewer';
  const onInstance = [
    { name: 'serviceName', value: scene.kms },
    { name: 'accountId', value: accountId },
    { name: 'serviceInstance', value: instance },
  ];
  const v1 = {
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: serviceIamId }] }],
    roles: [{ role_id: viewer }],
    resources: [{ attributes: onInstance }],
  };
  const inV2 = ({ name: key, value }: { name: string; value: string }) => ({ key, operator: 'stringEquals', value });
  const v2 = {
    type: 'access',
    subject: { attributes: [inV2({ name: 'iam_id', value: serviceIamId })] },
    resource: { attributes: onInstance.map(inV2) },
    control: { grant: { roles: [{ role_id: viewer }] } },
  };
  const policy = { params: { id: scene.policy } };
  const changed = { ...policy, headers: ANY_TAG, query: {} };
  const ofInstance = { params: { id: instance }, query: {}, headers: {} };
  const attached = { body: { source: instance } };
  const reclamation = { params: { id: scene.reclamation } };
  const resourceGroup = { params: { id: scene.otherGroup } };
  const named = { headers: {}, query: { cluster: cluster.id } };
  const inBody = { headers: {}, body: { cluster: cluster.id } };
  const inPath = { headers: {}, params: { idOrName: cluster.id } };
  const question = {
    subject: { attributes: { id: serviceIamId } },
    resource: { attributes: { serviceName: scene.kms, accountId } },
  };
  const step = { runId: NOTHING, stepId: NOTHING, fence: 1 };
  return {
    'api-keys.create': { headers: {}, body: { name: 'new', iam_id: scene.poorIamId } },
    'api-keys.get': { ...apiKey, query: {} },
    'api-keys.details': { headers: { 'iam-apikey': scene.apiKey.secret }, query: {} },
    'api-keys.list': { query: { scope: 'account', pagesize: 100 }, ...has('apikeys', scene.apiKey.id) },
    'api-keys.update': { ...apiKey, headers: ANY_TAG, body: { name: 'changed' } },
    'api-keys.delete': apiKey,
    'api-keys.lock': apiKey,
    'api-keys.unlock': apiKey,
    'api-keys.disable': apiKey,
    'api-keys.enable': apiKey,
    'api-keys.rotate': apiKey,
    'service-ids.create': { headers: {}, body: { name: 'new' } },
    'service-ids.get': { ...serviceId, query: {} },
    'service-ids.list': { query: { pagesize: 100 }, ...has('serviceids', scene.serviceId) },
    'service-ids.update': { ...serviceId, headers: ANY_TAG, body: { name: 'changed' } },
    'service-ids.delete': serviceId,
    'service-ids.lock': serviceId,
    'service-ids.unlock': serviceId,
    'trusted-profiles.create': { body: { name: 'new' } },
    'trusted-profiles.list': { query: { account_id: accountId }, ...has('profiles', scene.profile) },
    'trusted-profiles.get': { ...profile, query: {} },
    'trusted-profiles.update': { ...profile, headers: ANY_TAG, body: { name: 'changed' } },
    'trusted-profiles.delete': profile,
    'trusted-profiles.get-identities': profile,
    'trusted-profiles.set-identities': { ...profile, headers: ANY_TAG, body: {} },
    'trusted-profiles.add-identity': { ...profileIdentity, body: { type: 'serviceid', identifier: scene.poorIamId } },
    'trusted-profiles.get-identity': profileIdentity,
    'trusted-profiles.delete-identity': profileIdentity,
    'trusted-profiles.create-rule': { ...profile, body: claimRule },
    'trusted-profiles.list-rules': profile,
    'trusted-profiles.get-rule': profileRule,
    'trusted-profiles.update-rule': { ...profileRule, headers: ANY_TAG, body: claimRule },
    'trusted-profiles.delete-rule': profileRule,
    'trusted-profiles.links-create': profile,
    'trusted-profiles.links-list': profile,
    'trusted-profiles.links-delete-all': profile,
    'trusted-profiles.links-get': { params: { id: scene.profile, link_id: NOTHING } },
    'trusted-profiles.links-delete': { params: { id: scene.profile, link_id: NOTHING } },
    'access-groups.create': { query: { account_id: accountId }, body: { name: 'new' } },
    'access-groups.list': { query: {}, ...has('groups', accessGroup) },
    'access-groups.get': { ...group, query: {} },
    'access-groups.update': { ...group, headers: ANY_TAG, body: { name: 'changed' } },
    'access-groups.delete': { ...group, query: {} },
    'access-groups.add-members': { ...group, body: { members: [{ iam_id: serviceIamId, type: 'service' }] } },
    'access-groups.list-members': { ...group, query: {} },
    'access-groups.is-member': member,
    'access-groups.remove-member': member,
    'access-groups.remove-members': { ...group, body: { members: [serviceIamId] } },
    'access-groups.leave-all': { params: { iam_id: serviceIamId }, query: { account_id: accountId } },
    'access-groups.join-many': {
      params: { iam_id: serviceIamId },
      query: { account_id: accountId },
      body: { groups: [accessGroup] },
    },
    'access-groups.rules-create': group,
    'access-groups.rules-list': group,
    'access-groups.rules-get': rule,
    'access-groups.rules-update': rule,
    'access-groups.rules-delete': rule,
    'access-groups.settings-get': {},
    'access-groups.settings-update': {},
    'accounts.create': { body: { name: 'new', owner_email: 'owner@example.com' } },
    'accounts.get': { params: { id: accountId } },
    'accounts.update': { params: { id: accountId }, body: { name: 'changed' } },
    'users.list': { ...inAccount, query: {} },
    'users.invite': { ...inAccount, body: { users: [{ email: 'another@example.com' }] } },
    'users.get': ofUser,
    'users.update': { ...ofUser, body: { state: 'DISABLED' } },
    'users.remove': ofUser,
    'users.accept': { headers: { 'invitation-token': 'rwi_0123456789' }, body: { account_id: accountId } },
    'users.set-password': { body: { new_password: 'correct horse battery staple' } },
    'invitations.list': { query: {} },
    'invitations.delete': invitation,
    'invitations.renew': invitation,
    'policies.create': { body: v1 },
    'policies.create-v2': { body: v2 },
    'policies.get': { ...policy, query: {} },
    'policies.get-v2': { ...policy, query: {} },
    'policies.list': { query: { account_id: accountId, iam_id: serviceIamId }, ...has('policies', scene.policy) },
    'policies.list-v2': { query: { account_id: accountId, iam_id: serviceIamId }, ...has('policies', scene.policy) },
    'policies.replace': { ...changed, body: v1 },
    'policies.replace-v2': { ...changed, body: v2 },
    'policies.restore': { params: { id: scene.deletedPolicy }, headers: ANY_TAG, body: { state: 'active' } },
    'policies.delete': { ...policy, query: {} },
    'roles.list': { query: { account_id: accountId, service_name: 'kms' } },
    'decisions.authorize': { body: [{ ...question, action: 'kms.secrets.wrap' }] },
    'decisions.roles': { body: [question] },
    'decisions.explain': {
      query: {
        subject: serviceIamId,
        action: 'kms.secrets.wrap',
        resource: `crn:v1:bluemix:public:${scene.kms}:us-south:a/${accountId}:${instance}:key:${scene.key}`,
      },
    },
    'instances.create': {
      headers: {},
      body: { name: 'new', target: 'us-south', resource_group: scene.group, resource_plan_id: PLANS[scene.kms] },
    },
    'instances.create-v1': {
      headers: {},
      body: { name: 'new', target_crn: 'us-south', resource_group_id: scene.group, resource_plan_id: PLANS[scene.kms] },
    },
    'instances.get': ofInstance,
    'instances.list': { query: {}, ...has('resources', instance, 'guid') },
    'instances.update': { ...ofInstance, body: { name: 'changed' } },
    'instances.delete': ofInstance,
    'instances.lock': ofInstance,
    'instances.unlock': ofInstance,
    'instances.cancel': ofInstance,
    'instances.list-keys-of': ofInstance,
    'instances.create-keys': attached,
    'instances.list-bindings-of': ofInstance,
    'instances.create-bindings': attached,
    'instances.list-aliases-of': ofInstance,
    'instances.create-aliases': attached,
    'reclamations.list': { query: {}, ...has('resources', scene.reclamation) },
    'reclamations.restore': reclamation,
    'reclamations.reclaim': reclamation,
    'groups.get': resourceGroup,
    'groups.create': { body: { name: 'new' } },
    'groups.update': { ...resourceGroup, body: { name: 'changed' } },
    'groups.delete': resourceGroup,
    'clusters.create': { headers: {}, body: { name: 'new' } },
    'clusters.get': named,
    'clusters.list': { headers: {}, query: {} },
    'clusters.delete': { ...inPath, query: {} },
    'clusters.kubeconfig': inPath,
    'clusters.refresh-master': inBody,
    'clusters.refresh-master-v1': { ...inPath, body: { action: 'refresh' } },
    'clusters.key-state': { body: { cluster: cluster.id, verdict: 'usable' } },
    'api-key-owners.get': { headers: {}, params: { cluster: cluster.id } },
    'api-key-owners.reset': { headers: { 'x-region': 'us-south', 'x-auth-resource-group': scene.group } },
    'enabling.enable': { headers: {}, body: { cluster: cluster.id, instance_id: instance, crk_id: scene.key } },
    'enabling.enable-v1': {
      ...inPath,
      body: { crkID: scene.key, instanceID: instance, url: 'https://us-south.kms.cloud.ibm.com' },
    },
    'enabling.instances': { headers: {} },
    'enabling.root-keys': { headers: {}, query: { kms_instance: NOTHING } },
    'enabling.control': { headers: {}, body: { cluster: cluster.id, action: 'pause' } },
    'search.find': {
      query: {},
      body: { query: `doc.guid:${instance}` },
      shows: (output: { items: readonly object[] }) => output.items.length > 0,
    },
    'search.tags': { query: { attached_to: instance } },
    'backups.create': { body: {} },
    'agents.plugin-state': { body: { node: 'n1' } },
    'agents.poll': { body: { agentId: 'a1' } },
    'agents.progress': { body: { ...step, progress: {} } },
    'agents.report': { body: { ...step, outcome: 'done', evidence: {} } },
  };
}
