/**
 * Actions that IAM decides, and the roles that carry them, per service. Platform roles do not contain one another:
 * each is just its list. Source: the published role tables of each service.
 */

const kmsReader = [
  'kms.secrets.list',
  'kms.secrets.head',
  'kms.secrets.readmetadata',
  'kms.secrets.listkeyversions',
  'kms.secrets.wrap',
  'kms.secrets.unwrap',
  'kms.secrets.rewrap',
  'kms.secrets.eventack',
  'kms.registrations.list',
  'kms.registrations.create',
  'kms.registrations.write',
  'kms.registrations.merge',
  'kms.registrations.delete',
  'kms.keyrings.list',
  'kms.instance.readallowedipport',
] as const;
const kmsReaderPlus = [...kmsReader, 'kms.secrets.read'] as const;
const kmsWriter = [
  ...kmsReaderPlus,
  'kms.secrets.create',
  'kms.secrets.rotate',
  'kms.secrets.setkeyfordeletion',
  'kms.secrets.unsetkeyfordeletion',
  'kms.secrets.sync',
  'kms.secrets.createalias',
  'kms.secrets.deletealias',
  'kms.importtoken.create',
  'kms.importtoken.read',
  'kms.keyrings.create',
] as const;
const kmipManagement = [
  'kms.kmip-management.list',
  'kms.kmip-management.read',
  'kms.kmip-management.create',
  'kms.kmip-management.delete',
] as const;
const kmsManager = [
  ...kmsWriter,
  ...kmipManagement,
  'kms.secrets.delete',
  'kms.secrets.restore',
  'kms.secrets.enable',
  'kms.secrets.disable',
  'kms.secrets.patch',
  'kms.secrets-with-policy-overrides.create',
  'kms.policies.read',
  'kms.policies.write',
  'kms.instancepolicies.read',
  'kms.instancepolicies.write',
  'kms.keyrings.delete',
] as const;
const instanceViewer = ['resource-controller.instance.retrieve'] as const;
const reclamationEditor = ['resource-controller.reclamation.list', 'resource-controller.reclamation.update'] as const;
/** Credentials and bindings of instances, as other services have them: what is asked for before a KMS instance says that it has none. */
const instanceOperator = [
  ...instanceViewer,
  'resource-controller.credential.create',
  'resource-controller.binding.create',
] as const;
const instanceEditor = [
  ...instanceOperator,
  ...reclamationEditor,
  'resource-controller.instance.create',
  'resource-controller.instance.update',
  'resource-controller.instance.delete',
] as const;
const policyAdministrator = [
  'iam.policy.read',
  'iam.policy.create',
  'iam.policy.update',
  'iam.policy.delete',
  'iam.role.assign',
  'iam.delegationPolicy.create',
  'iam.delegationPolicy.update',
] as const;

const clusterViewer = ['containers-kubernetes.cluster.read'] as const;
const clusterEditor = [...clusterViewer, 'containers-kubernetes.cluster.update'] as const;
const clusterOperator = [...clusterViewer, 'containers-kubernetes.cluster.operate'] as const;
const clusterAdministrator = [
  ...clusterViewer,
  'containers-kubernetes.cluster.update',
  'containers-kubernetes.cluster.operate',
  'containers-kubernetes.cluster.create',
] as const;
const kubeReader = ['containers-kubernetes.kube.read'] as const;
const kubeWriter = [...kubeReader, 'containers-kubernetes.kube.write'] as const;
const kubeManager = [...kubeWriter, 'containers-kubernetes.kube.manage'] as const;

const identityViewer = [
  'iam-identity.account.read',
  'iam-identity.apikey.list',
  'iam-identity.apikey.get',
  'iam-identity.serviceid.list',
  'iam-identity.serviceid.get',
  'iam-identity.profile.list',
  'iam-identity.profile.get',
] as const;
const identityOperator = [
  ...identityViewer,
  'iam-identity.apikey.create',
  'iam-identity.apikey.update',
  'iam-identity.apikey.delete',
  'iam-identity.serviceid.create',
  'iam-identity.serviceid.update',
] as const;
const identityEditor = [...identityOperator, 'iam-identity.profile.create', 'iam-identity.profile.update'] as const;
const identityAdministrator = [...identityEditor, 'iam-identity.serviceid.delete', 'iam-identity.profile.delete'] as const;
const groupViewer = ['resource-controller.group.retrieve'] as const;
const groupEditor = [
  ...groupViewer,
  'resource-controller.group.create',
  'resource-controller.group.update',
  'resource-controller.group.delete',
] as const;

const accessGroupViewer = ['iam-groups.groups.list', 'iam-groups.groups.read', 'iam-groups.members.list'] as const;
const accessGroupEditor = [
  ...accessGroupViewer,
  'iam-groups.groups.create',
  'iam-groups.groups.update',
  'iam-groups.groups.delete',
  'iam-groups.members.add',
  'iam-groups.members.delete',
] as const;
const userViewer = ['user-management.user.list', 'user-management.user.retrieve'] as const;
const userEditor = [
  ...userViewer,
  'user-management.user.create',
  'user-management.user.update',
  'user-management.user.delete',
] as const;
const accountViewer = ['account-management.account.read'] as const;
const accountAdministrator = [...accountViewer, 'account-management.account.update'] as const;

/** The server as such: what its operators see and do. */
const serverViewer = ['server.clock.read', 'server.backup.read', 'server.account.list'] as const;
const serverAdministrator = [
  ...serverViewer,
  'server.clock.accept',
  'server.backup.create',
  'server.account.create',
  'server.signing-key.rotate',
] as const;

/** What only the processes beside a cluster do, and the server as the cluster (`reconcile`): decided by that identity, never by a policy. */
const clusterIdentity = ['rootward.plugin.state', 'rootward.agent.execute', 'rootward.cluster.reconcile'] as const;

type Listed =
  | (typeof kmsManager)[number]
  | 'kms.secrets.purge'
  | (typeof instanceEditor)[number]
  | (typeof policyAdministrator)[number]
  | (typeof clusterAdministrator)[number]
  | (typeof kubeManager)[number]
  | (typeof identityAdministrator)[number]
  | (typeof groupEditor)[number]
  | (typeof reclamationEditor)[number]
  | (typeof accessGroupEditor)[number]
  | (typeof userEditor)[number]
  | (typeof accountAdministrator)[number]
  | (typeof serverAdministrator)[number]
  | (typeof clusterIdentity)[number];
export type Action = Listed;

export const PLATFORM_ROLE = 'crn:v1:bluemix:public:iam::::role:';
export const SERVICE_ROLE = 'crn:v1:bluemix:public:iam::::serviceRole:';
export const AUTHORIZATION_DELEGATOR = `${PLATFORM_ROLE}AuthorizationDelegator`;

export interface Role {
  readonly crn: string;
  readonly displayName: string;
  /** One sentence for whoever chooses a role. */
  readonly description: string;
  readonly kind: 'platform' | 'service';
  readonly actions: readonly Action[];
}

const PLATFORM_TEXTS = {
  Viewer: 'Sees things of the service, and changes nothing.',
  Operator: 'Sees things of the service and does what running them takes.',
  Editor: 'Makes, changes and removes things of the service, but gives nobody access.',
  Administrator: 'Does everything in the management of the service, and gives others access to it.',
} as const;
const SERVICE_TEXTS = {
  Reader: 'Reads inside an instance, and uses what is there without changing it.',
  Writer: 'Does what a Reader does, and makes and changes things inside an instance.',
  Manager: 'Does everything inside an instance.',
} as const;
const KMS_TEXTS = {
  ReaderPlus: 'Does what a Reader does, and reads the material of standard keys.',
  KeyPurge: 'Destroys deleted keys for good, and does nothing else.',
  KmipAdapterManager: 'Manages KMIP adapters.',
} as const;

const platform = (name: keyof typeof PLATFORM_TEXTS, actions: readonly Action[]): Role => ({
  crn: PLATFORM_ROLE + name,
  displayName: name,
  description: PLATFORM_TEXTS[name],
  kind: 'platform',
  actions,
});
const service = (name: keyof typeof SERVICE_TEXTS, actions: readonly Action[]): Role => ({
  crn: SERVICE_ROLE + name,
  displayName: name,
  description: SERVICE_TEXTS[name],
  kind: 'service',
  actions,
});
const kmsOwn = (name: keyof typeof KMS_TEXTS, actions: readonly Action[]): Role => ({
  crn: `crn:v1:bluemix:public:kms::::serviceRole:${name}`,
  displayName: name,
  description: KMS_TEXTS[name],
  kind: 'service',
  actions,
});

/** Only in service authorizations: the source may let services that work for it use the same target. */
export const DELEGATOR_ROLE: Role = {
  crn: AUTHORIZATION_DELEGATOR,
  displayName: 'Authorization Delegator',
  description: 'Lets the source create authorizations to the same target for services that work for it.',
  kind: 'platform',
  actions: ['iam.delegationPolicy.create'],
};

const kms: readonly Role[] = [
  platform('Viewer', instanceViewer),
  platform('Operator', instanceOperator),
  platform('Editor', instanceEditor),
  platform('Administrator', [...instanceEditor, ...policyAdministrator]),
  service('Reader', kmsReader),
  kmsOwn('ReaderPlus', kmsReaderPlus),
  service('Writer', kmsWriter),
  service('Manager', kmsManager),
  kmsOwn('KeyPurge', ['kms.secrets.purge']),
  kmsOwn('KmipAdapterManager', [...kmipManagement, 'kms.secrets.list', 'kms.secrets.head', 'kms.keyrings.list']),
];

/** Service name → its roles. `hs-crypto` has the same roles as `kms`; its actions are audited under its own prefix. */
export const ROLES: Readonly<Record<string, readonly Role[]>> = {
  kms,
  'hs-crypto': kms,
  'containers-kubernetes': [
    platform('Viewer', clusterViewer),
    platform('Editor', clusterEditor),
    platform('Operator', clusterOperator),
    platform('Administrator', [...clusterAdministrator, ...policyAdministrator]),
    service('Reader', kubeReader),
    service('Writer', kubeWriter),
    service('Manager', kubeManager),
  ],
  'iam-identity': [
    platform('Viewer', identityViewer),
    platform('Operator', identityOperator),
    platform('Editor', identityEditor),
    platform('Administrator', [...identityAdministrator, ...policyAdministrator]),
  ],
  rootward: [platform('Viewer', serverViewer), platform('Administrator', [...serverAdministrator, ...policyAdministrator])],
  'iam-access-management': [platform('Viewer', ['iam.policy.read']), platform('Administrator', policyAdministrator)],
  'resource-controller': [
    platform('Viewer', [...groupViewer, ...instanceViewer]),
    platform('Operator', [...groupViewer, ...instanceOperator]),
    platform('Editor', [...groupEditor, ...instanceEditor]),
    platform('Administrator', [...groupEditor, ...instanceEditor, ...policyAdministrator]),
  ],
  'iam-groups': [
    platform('Viewer', accessGroupViewer),
    platform('Operator', accessGroupViewer),
    platform('Editor', accessGroupEditor),
    platform('Administrator', [...accessGroupEditor, ...policyAdministrator]),
  ],
  'user-management': [
    platform('Viewer', userViewer),
    platform('Operator', userViewer),
    platform('Editor', userEditor),
    platform('Administrator', [...userEditor, ...policyAdministrator]),
  ],
  'account-management': [
    platform('Viewer', accountViewer),
    platform('Administrator', [...accountAdministrator, ...policyAdministrator]),
  ],
};

/** Which services are account management: who is in the account, and who may do what there. */
const PLATFORM_SERVICES: ReadonlySet<string> = new Set([
  'iam-identity',
  'iam-access-management',
  'iam-groups',
  'user-management',
  'account-management',
  'resource-controller',
]);

export type ServiceType = 'service' | 'platform_service';

/**
 * What the attribute `serviceType` of a policy is held against: `service` is everything that has instances, `platform_service` all
 * account management. The server as such (`rootward`) is neither: no policy about everything in an account hands it over.
 */
export function serviceTypeOf(serviceName: string): ServiceType | undefined {
  if (PLATFORM_SERVICES.has(serviceName)) return 'platform_service';
  return serviceName !== 'rootward' && Object.hasOwn(ROLES, serviceName) ? 'service' : undefined;
}

/** The role with this CRN as `service` defines it, or undefined. */
export function findRole(serviceName: string, roleCrn: string): Role | undefined {
  if (!Object.hasOwn(ROLES, serviceName)) return undefined;
  return ROLES[serviceName]?.find((role) => role.crn === roleCrn);
}

const ACTIONS: ReadonlySet<string> = new Set<string>([
  ...clusterIdentity,
  ...Object.values(ROLES).flatMap((roles) => roles.flatMap(({ actions }) => actions)),
]);

/** The action that is meant on `serviceName`, or undefined. On `hs-crypto` it may also be named with that prefix, as events do. */
export function findAction(text: string, serviceName: string): Action | undefined {
  const name = serviceName === 'hs-crypto' ? text.replace(/^hs-crypto\./, 'kms.') : text;
  return ACTIONS.has(name) ? (name as Action) : undefined;
}
