import { createClassicCluster } from '../../../contract/clusters/create.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { findCluster, insertCluster } from '../../../store/clusters/clusters.ts';
import { type Handler, handle } from '../../handler.ts';
import { ensureOwner } from '../api-key-owners/become-owner.ts';
import { placeOf } from '../api-key-owners/place.ts';
import { clusterCrn, clusterServiceTarget, clusterTarget } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { sealCredentials } from '../masters/cluster-secrets.ts';
import { checkAccount, findGroupOf, GROUP_UNKNOWN } from '../resolve-cluster.ts';

const ID_BYTES = 10;
const DOMAIN_BYTES = 32;

/** Creates a cluster with a control plane on this host. It answers at once; the control plane comes up afterwards. */
export function createClusterHandler(deps: ClusterDeps): Handler {
  return handle(createClassicCluster, {
    async resolve(call) {
      const { principal, input } = call;
      checkAccount(input.headers, principal);
      const group = await findGroupOf(deps.store.db, principal.accountId, input.headers['x-auth-resource-group']);
      const target = { ...clusterServiceTarget(principal.accountId), region: deps.region, name: input.body.name };
      if (!group) return { target, missing: new RootwardError('RESOURCE_NOT_FOUND', { message: GROUP_UNKNOWN }) };
      return { target: { ...target, resourceGroupId: group.id }, record: group };
    },
    // It makes API keys, and may make an API-key owner.
    topics: ['iam'],
    async change(call, group, tx) {
      const { name, masterVersion } = call.input.body;
      const accountId = call.principal.accountId;
      if (await findCluster(tx, accountId, name)) throw new RootwardError('CLUSTER_NAME_TAKEN');
      const row = {
        id: clusterId(deps),
        account_id: accountId,
        resource_group_id: group.id,
        name,
        provider: 'classic',
        region: deps.region,
        kube_version: versionFor(deps, masterVersion),
        control_plane: 'hosted',
        encryption_domain: deps.randomBytes(DOMAIN_BYTES).toString('hex'),
        sealed_pki: null,
        desired_state: 'running',
        suspended_reason: null,
        plugin_wanted: 0,
        key_verdict: null,
        state: 'deploying',
        status_text: '',
        master_status: MASTER_STATUS.deploying,
        master_status_at: call.now,
        master_state: 'deploying',
        kms_enabled: 0,
        kms_service: null,
        kms_instance_id: null,
        kms_key_id: null,
        kms_account_id: null,
        kms_private_endpoint: 0,
        proof: null,
        created_at: call.now,
        created_by: call.principal.iamId,
        deleted_at: null,
      } as const;
      const credentials = await deps.createCredentials(tx, {
        clusterCrn: clusterCrn(row),
        accountId,
        clusterId: row.id,
        createdBy: call.principal.iamId,
        now: call.now,
      });
      const sealed = { ...row, sealed_credentials: sealCredentials(deps.barrier, row, credentials) };
      await insertCluster(tx, sealed);
      const ownerKeyId = await ensureOwner(tx, deps, placeOf(row), call);
      const responseData = {
        clusterId: clusterTarget(sealed).serviceInstance,
        ...(ownerKeyId !== undefined && { keyId: ownerKeyId }),
      };
      return { output: { id: row.id }, audit: { responseData } };
    },
  });
}

/** Twenty lower-case characters, as clients of the Kubernetes service expect. */
function clusterId(deps: Pick<ClusterDeps, 'randomBytes'>): string {
  return deps.randomBytes(ID_BYTES).toString('hex');
}

/** `1.36`, `1.36.3` and `1.36.3_1500` all ask for a version; this host runs one. */
function versionFor(deps: ClusterDeps, asked: string | undefined): string {
  const offered = deps.controlPlane.kubernetesVersion();
  const plain = asked?.split('_')[0] ?? '';
  if (plain === '' || offered === plain || offered.startsWith(`${plain}.`)) return offered;
  throw new RootwardError('INVALID_FIELD', {
    message: `This server runs control planes of Kubernetes ${offered} only.`,
    target: { type: 'field', name: 'masterVersion' },
  });
}
