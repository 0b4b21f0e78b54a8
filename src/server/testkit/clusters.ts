import { formatCrn } from '../../contract/crn.ts';
import { insertCluster } from '../../store/clusters/clusters.ts';
import { createClusterCredentials } from '../iam/api-keys/cluster-credentials.ts';
import type { ClusterPrincipal } from '../principal.ts';
import type { TestServer } from './test-server.ts';

/** A cluster's row and identity, without a control plane. */
export interface TestCluster {
  readonly id: string;
  readonly crn: string;
  readonly accountId: string;
  readonly region: string;
  readonly plugin: ClusterPrincipal;
  readonly agent: ClusterPrincipal;
  /** The server acting as the cluster. */
  readonly service: ClusterPrincipal;
  readonly pluginToken: string;
}

export async function addCluster(
  server: TestServer,
  id: string,
  place: { readonly accountId?: string; readonly region?: string } = {},
): Promise<TestCluster> {
  const { accountId = server.account.accountId, region = 'us-south' } = place;
  const crn = formatCrn({ service: 'containers-kubernetes', location: region, accountId, instance: id });
  const now = server.clock.now();
  const keys = await server.store.change(['iam', 'clusters'], async (tx) => {
    await insertCluster(tx, {
      id,
      account_id: accountId,
      resource_group_id: server.account.resourceGroupId,
      name: id,
      provider: 'classic',
      region,
      kube_version: '1.36.3',
      control_plane: 'hosted',
      encryption_domain: `domain of ${id}`,
      desired_state: 'running',
      plugin_wanted: 0,
      state: 'normal',
      status_text: '',
      master_status: 'Ready',
      master_status_at: now,
      master_state: 'deployed',
      kms_enabled: 0,
      kms_private_endpoint: 1,
      created_at: now,
      created_by: server.account.ownerIamId,
    });
    return createClusterCredentials(tx, server.iam, { clusterCrn: crn, accountId, clusterId: id, now });
  });
  const pluginToken = await server.logIn(keys.pluginApiKey);
  const plugin = asCluster(await server.authenticate(pluginToken));
  const agent = asCluster(await server.authenticate(await server.logIn(keys.agentApiKey)));
  return { id, crn, accountId, region, plugin, agent, service: { ...plugin, role: 'service' }, pluginToken };
}

function asCluster(principal: { readonly kind: string }): ClusterPrincipal {
  if (principal.kind !== 'cluster') throw new Error(`a cluster's key logged in as ${principal.kind}`);
  return principal as ClusterPrincipal;
}
