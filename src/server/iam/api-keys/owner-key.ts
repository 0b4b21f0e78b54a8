import type { Tx } from '../../../store/store.ts';
import { createApiKey, type KeyMaking } from './new-key.ts';

/** The name that people look for. */
const NAME = 'containers-kubernetes-key';

export interface NewOwnerKey {
  readonly accountId: string;
  /** A user or a service ID. */
  readonly iamId: string;
  readonly region: string;
  readonly resourceGroupId: string;
  readonly createdBy: string;
  readonly now: number;
}

/**
 * The API key by which somebody owns the clusters of a region and resource group; its id. Nobody ever gets its secret: it is there so
 * that the owner sees it among the own keys, and ends the ownership by deleting or disabling it.
 */
export async function createOwnerKey(
  tx: Tx,
  deps: KeyMaking,
  { region, resourceGroupId, ...owner }: NewOwnerKey,
): Promise<string> {
  const description =
    `Clusters of region ${region} and resource group ${resourceGroupId} use your rights by this key, ` +
    'for instance when a root key is enabled for them. It was made by the Kubernetes Service, and nobody knows its secret.';
  return (await createApiKey(tx, deps, { ...owner, name: NAME, description })).row.id;
}
