import Type, { type Static } from 'typebox';
import { RUN_KINDS, RUN_STATES } from '../enabling/steps.ts';
import { KEY_VERDICTS } from '../views/cluster-texts.ts';
import { Proof } from './proof.ts';

/** What is being done, or was done last, to a cluster's key management. */
export const RunView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(RUN_KINDS),
  state: Type.Enum(RUN_STATES),
  step: Type.String(),
  stepText: Type.String(),
  attempts: Type.Integer(),
  progress: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.String()),
  startedAt: Type.String(),
  finishedAt: Type.Optional(Type.String()),
  /** Aborting is possible until the first object is written under the new key. */
  abortable: Type.Boolean(),
});
export type RunView = Static<typeof RunView>;

/** Our addition to the cluster: which root key seals its Secrets, and what is known about it. */
export const KeyManagementService = Type.Object({
  enabled: Type.Boolean(),
  service: Type.Optional(Type.String()),
  instanceID: Type.Optional(Type.String()),
  rootKeyID: Type.Optional(Type.String()),
  accountID: Type.Optional(Type.String()),
  privateEndpoint: Type.Optional(Type.Boolean()),
  keyState: Type.Optional(Type.Enum(KEY_VERDICTS)),
  keyExpiresAt: Type.Optional(Type.String()),
  activation: Type.Optional(
    Type.Object({
      epoch: Type.Integer(),
      number: Type.Integer(),
      keyId: Type.String(),
      keyVersionId: Type.String(),
      activatedAt: Type.String(),
    }),
  ),
  /** Ids of the root key's versions that no backup contains, oldest first; absent: every one is in a backup. */
  versionsWithoutBackup: Type.Optional(Type.Array(Type.String())),
  proof: Type.Optional(Proof),
  run: Type.Optional(RunView),
  consequence: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String()),
});
export type KeyManagementService = Static<typeof KeyManagementService>;

/**
 * A cluster as the Kubernetes service's API shows it: the fields of version 2, and the flat copies that version 1 clients read.
 * Instants are RFC 3339 in UTC with whole seconds.
 */
export const Cluster = Type.Object({
  id: Type.String(),
  name: Type.String(),
  crn: Type.String(),
  createdDate: Type.String(),
  region: Type.String(),
  location: Type.String(),
  dataCenter: Type.String(),
  multiAzCapable: Type.Boolean(),
  resourceGroup: Type.String(),
  resourceGroupName: Type.String(),
  provider: Type.String(),
  type: Type.String(),
  state: Type.String(),
  status: Type.String(),
  lifecycle: Type.Object({
    modifiedDate: Type.String(),
    masterStatus: Type.String(),
    masterStatusModifiedDate: Type.String(),
    masterHealth: Type.String(),
    masterState: Type.String(),
  }),
  features: Type.Object({ keyProtectEnabled: Type.Boolean(), pullSecretApplied: Type.Boolean() }),
  serviceEndpoints: Type.Object({
    privateServiceEndpointEnabled: Type.Boolean(),
    privateServiceEndpointURL: Type.String(),
    publicServiceEndpointEnabled: Type.Boolean(),
    publicServiceEndpointURL: Type.String(),
  }),
  ingress: Type.Object({
    hostname: Type.String(),
    secretName: Type.String(),
    status: Type.String(),
    message: Type.String(),
  }),
  masterKubeVersion: Type.String(),
  targetVersion: Type.String(),
  versionEOS: Type.String(),
  masterURL: Type.String(),
  virtualPrivateEndpointURL: Type.String(),
  etcdPort: Type.String(),
  podSubnet: Type.String(),
  serviceSubnet: Type.String(),
  vpcs: Type.Array(Type.String()),
  workerCount: Type.Integer(),
  workerZones: Type.Array(Type.String()),
  addons: Type.Array(Type.Object({ name: Type.String(), version: Type.String() })),
  ownerEmail: Type.String(),
  isPaid: Type.Boolean(),
  entitlement: Type.String(),
  imageSecurityEnabled: Type.Boolean(),
  disableAutoUpdate: Type.Boolean(),
  networkPlugin: Type.String(),
  offering: Type.String(),
  keyManagementService: KeyManagementService,
  // Flat copies for version 1.
  keyProtectEnabled: Type.Boolean(),
  pullSecretApplied: Type.Boolean(),
  masterStatus: Type.String(),
  masterStatusModifiedDate: Type.String(),
  masterState: Type.String(),
  masterHealth: Type.String(),
  modifiedDate: Type.String(),
  serverURL: Type.String(),
  privateServiceEndpointEnabled: Type.Boolean(),
  privateServiceEndpointURL: Type.String(),
  publicServiceEndpointEnabled: Type.Boolean(),
  publicServiceEndpointURL: Type.String(),
  ingressHostname: Type.String(),
  ingressSecretName: Type.String(),
  vlans: Type.Array(Type.Unknown()),
});
export type Cluster = Static<typeof Cluster>;
