import { parseCrn } from '../../../contract/crn.ts';
import { deleteApiKeysOf } from '../../../store/iam/api-keys.ts';
import type { Tx } from '../../../store/store.ts';
import { CRN_PREFIX } from '../identity.ts';
import { createApiKey, type KeyMaking } from './new-key.ts';

export interface ClusterCredentials {
  readonly pluginApiKey: string;
  readonly agentApiKey: string;
}

export interface NewClusterCredentials {
  readonly clusterCrn: string;
  readonly accountId: string;
  readonly clusterId: string;
  readonly createdBy?: string;
  readonly now: number;
}

/** The two API keys of a cluster's own identity. The plugin's cannot do the agent's work, nor the other way round. */
export async function createClusterCredentials(
  tx: Tx,
  deps: KeyMaking,
  cluster: NewClusterCredentials,
): Promise<ClusterCredentials> {
  const crn = parseCrn(cluster.clusterCrn);
  if (crn?.instance !== cluster.clusterId || crn.accountId !== cluster.accountId) {
    throw new Error('the CRN of the cluster does not name this cluster and account');
  }
  const iamId = clusterIamId(cluster.clusterCrn);
  const make = async (purpose: 'plugin' | 'agent'): Promise<string> => {
    const wanted = {
      iamId,
      accountId: cluster.accountId,
      name: `${purpose} of ${cluster.clusterId}`,
      purpose,
      createdBy: cluster.createdBy ?? iamId,
      now: cluster.now,
    };
    return (await createApiKey(tx, deps, wanted)).secret;
  };
  return { pluginApiKey: await make('plugin'), agentApiKey: await make('agent') };
}

/** The identity under which a cluster acts. */
export function clusterIamId(clusterCrn: string): string {
  return CRN_PREFIX + clusterCrn;
}

/** Ends every API key, and with them every token, of one identity. */
export async function deleteCredentialsOf(tx: Tx, accountId: string, iamId: string): Promise<void> {
  await deleteApiKeysOf(tx, accountId, iamId);
}
