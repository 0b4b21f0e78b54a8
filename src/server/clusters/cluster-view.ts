import type { Cluster, KeyManagementService } from '../../contract/clusters/cluster.ts';
import { RootwardError } from '../../contract/errors.ts';
import { VERDICT_VIEWS } from '../../contract/views/cluster-texts.ts';
import { versionsOfKeyWithoutBackup } from '../../store/backups.ts';
import { findActiveActivation } from '../../store/clusters/activations.ts';
import type { ClusterRow } from '../../store/clusters/clusters.ts';
import { findLatestRun } from '../../store/clusters/runs.ts';
import { findGroup } from '../../store/iam/groups.ts';
import { formatInstant } from '../instant.ts';
import { clusterCrn } from './cluster-identity.ts';
import type { ControlPlaneStatus } from './control-plane-port.ts';
import type { ClusterDeps } from './deps.ts';
import { runView } from './enabling/run-parameters.ts';
import { storedProof } from './enabling/steps/proof.ts';

type Deps = Pick<ClusterDeps, 'store' | 'keyRows' | 'controlPlane'>;

/** A cluster as the API shows it, with everything that is known of its root key. */
export async function clusterView(deps: Deps, row: ClusterRow): Promise<Cluster> {
  const group = await findGroup(deps.store.db, row.account_id, row.resource_group_id);
  const status = deps.controlPlane.status(row.id);
  const at = formatInstant(row.master_status_at);
  const enabled = row.kms_enabled === 1;
  const master = {
    modifiedDate: at,
    masterStatus: row.master_status,
    masterStatusModifiedDate: at,
    masterHealth: healthOf(row, status),
    masterState: isStuck(row, status) ? 'deploy_failed' : row.master_state,
  };
  const endpoints = endpointsOf(status);
  return {
    id: row.id,
    name: row.name,
    crn: clusterCrn(row),
    createdDate: formatInstant(row.created_at),
    resourceGroup: row.resource_group_id,
    resourceGroupName: group?.name ?? '',
    provider: row.provider,
    state: row.state,
    status: status.programsMissing && status.problem !== null ? status.problem : row.status_text,
    masterKubeVersion: row.kube_version,
    targetVersion: row.kube_version,
    ...placeOf(row),
    ...fixed,
    ...master,
    ...endpoints,
    lifecycle: master,
    features: { keyProtectEnabled: enabled, pullSecretApplied: false },
    serviceEndpoints: endpoints,
    masterURL: endpoints.publicServiceEndpointURL,
    serverURL: endpoints.publicServiceEndpointURL,
    etcdPort: portOf(status.etcd[0]),
    keyProtectEnabled: enabled,
    keyManagementService: await keyManagementView(deps, row),
  };
}

/** What the command line prints below `Key Management Service`. */
async function keyManagementView(deps: Deps, row: ClusterRow): Promise<KeyManagementService> {
  const { db } = deps.store;
  const run = await findLatestRun(db, row.id);
  const shownRun = run && { run: runView(run) };
  if (row.kms_instance_id === null || row.kms_key_id === null) return { enabled: row.kms_enabled === 1, ...shownRun };
  const activation = await findActiveActivation(db, row.id);
  const key = await deps.keyRows.find(db, row.kms_instance_id, row.kms_key_id).catch(unlessDamaged);
  const unsaved = await versionsOfKeyWithoutBackup(db, row.kms_key_id);
  const proof = storedProof(row);
  const verdict = row.key_verdict;
  return {
    enabled: row.kms_enabled === 1,
    ...(row.kms_service !== null && { service: row.kms_service }),
    instanceID: row.kms_instance_id,
    rootKeyID: row.kms_key_id,
    ...(row.kms_account_id !== null && { accountID: row.kms_account_id }),
    privateEndpoint: row.kms_private_endpoint === 1,
    ...(verdict !== null && { keyState: verdict }),
    ...(verdict !== null && verdict !== 'usable' && explained(verdict)),
    ...(key && key.expires_at !== null && { keyExpiresAt: formatInstant(key.expires_at) }),
    ...(activation && {
      activation: {
        epoch: activation.epoch,
        number: activation.number,
        keyId: activation.key_id_hash,
        keyVersionId: activation.key_version_id,
        activatedAt: formatInstant(activation.created_at),
      },
    }),
    ...(unsaved.length > 0 && { versionsWithoutBackup: unsaved }),
    ...(proof && { proof }),
    ...shownRun,
  };
}

/** A cluster is shown also where the row of its root key is not authentic: what the row says of the key is not. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof RootwardError && error.code === 'ROW_INTEGRITY')) throw error;
}

function explained(verdict: NonNullable<ClusterRow['key_verdict']>) {
  const { consequence, remedy } = VERDICT_VIEWS[verdict];
  return { consequence, remedy };
}

/** Fields that some client reads and that mean nothing for a control plane without workers. */
const fixed = {
  multiAzCapable: false,
  type: 'kubernetes',
  ingress: { hostname: '', secretName: '', status: '', message: '' },
  versionEOS: '',
  virtualPrivateEndpointURL: '',
  podSubnet: '',
  serviceSubnet: '',
  vpcs: [],
  workerCount: 0,
  workerZones: [],
  addons: [],
  isPaid: false,
  entitlement: '',
  imageSecurityEnabled: false,
  disableAutoUpdate: false,
  networkPlugin: '',
  offering: '',
  pullSecretApplied: false,
  ingressHostname: '',
  ingressSecretName: '',
  vlans: [],
};

function placeOf(row: ClusterRow) {
  return { region: row.region, location: row.region, dataCenter: row.region, ownerEmail: row.created_by };
}

function healthOf(row: ClusterRow, status: ControlPlaneStatus): string {
  if (row.desired_state === 'suspended') return 'suspended';
  return status.state === 'ready' ? 'normal' : 'unavailable';
}

/** It waits for programs that this machine cannot get by itself. Whoever waits for the cluster need not go on. */
function isStuck(row: ClusterRow, status: ControlPlaneStatus): boolean {
  return row.master_state === 'deploying' && status.programsMissing;
}

function endpointsOf(status: ControlPlaneStatus) {
  const url = status.apiservers[0] ?? '';
  return {
    privateServiceEndpointEnabled: true,
    privateServiceEndpointURL: url,
    publicServiceEndpointEnabled: true,
    publicServiceEndpointURL: url,
  };
}

function portOf(url: string | undefined): string {
  return url === undefined ? '' : new URL(url).port;
}
