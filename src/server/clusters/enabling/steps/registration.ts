import { type ErrorCode, RootwardError } from '../../../../contract/errors.ts';
import { createRegistration } from '../../../../contract/registrations/create.ts';
import { removeRegistration } from '../../../../contract/registrations/remove.ts';
import { updateRegistration } from '../../../../contract/registrations/update.ts';
import type { ClusterRow } from '../../../../store/clusters/clusters.ts';
import { findRegistration } from '../../../../store/kms/registrations.ts';
import type { Db } from '../../../../store/store.ts';
import { clusterCrn, clusterServicePrincipal } from '../../cluster-identity.ts';
import type { ClusterDeps } from '../../deps.ts';
import type { RootKeyRef } from '../run-parameters.ts';

type Deps = Pick<ClusterDeps, 'store' | 'invoke'>;

/** Records at the key that it protects the cluster. Does nothing where that is on record. */
export async function registerCluster(deps: Deps, cluster: ClusterRow, key: RootKeyRef, correlationId: string): Promise<void> {
  const found = await findRegistration(deps.store.db, key.keyId, clusterCrn(cluster));
  if (found && found.active === 1) return;
  await deps.invoke(
    createRegistration,
    clusterServicePrincipal(cluster),
    {
      headers: { 'bluemix-instance': key.instanceId },
      params: { id: key.keyId, crn: clusterCrn(cluster) },
      body: envelope({ description: `Secrets of the cluster ${cluster.name}`, preventKeyDeletion: false }),
    },
    correlationId,
  );
}

/** Moves the registration to the key version that now seals the cluster; a key that is not Active any more keeps what it has. */
export async function registerKeyVersion(
  deps: Deps,
  cluster: ClusterRow,
  key: RootKeyRef,
  keyVersionId: string,
  correlationId: string,
): Promise<void> {
  const found = await findRegistration(deps.store.db, key.keyId, clusterCrn(cluster));
  if (found?.active === 1 && found.key_version_id === keyVersionId) return;
  await tolerating(['REGISTRATION_KEY_STATE', 'KEY_DELETED', 'REGISTRATION_NOT_FOUND'], () =>
    deps.invoke(
      updateRegistration,
      clusterServicePrincipal(cluster),
      {
        headers: { 'bluemix-instance': key.instanceId },
        params: { id: key.keyId, crn: clusterCrn(cluster) },
        body: envelope({ keyVersionId }),
      },
      correlationId,
    ),
  );
}

/** Every root key with which the cluster is on record, also where a forced delete has hidden the registration. */
export async function registeredKeys(db: Db, cluster: ClusterRow): Promise<RootKeyRef[]> {
  const rows = await db
    .selectFrom('registrations')
    .select(['instance_id', 'key_id'])
    .where('resource_crn', '=', clusterCrn(cluster))
    .execute();
  return rows.map((row) => ({ instanceId: row.instance_id, keyId: row.key_id }));
}

/** A registration that is gone, or that nobody can reach any more, holds nothing back. */
const NOTHING_TO_REMOVE: readonly ErrorCode[] = [
  'REGISTRATION_NOT_FOUND',
  'REGISTRATION_KEY_STATE',
  'KEY_NOT_FOUND',
  'KEY_DELETED',
  'KEY_STATE',
  'INSTANCE_UNKNOWN',
];

export async function unregisterCluster(deps: Deps, cluster: ClusterRow, key: RootKeyRef, correlationId: string): Promise<void> {
  await tolerating(NOTHING_TO_REMOVE, () =>
    deps.invoke(
      removeRegistration,
      clusterServicePrincipal(cluster),
      { headers: { 'bluemix-instance': key.instanceId }, params: { id: key.keyId, crn: clusterCrn(cluster) } },
      correlationId,
    ),
  );
}

async function tolerating(codes: readonly ErrorCode[], call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof RootwardError) || !codes.includes(error.code)) throw error;
  }
}

function envelope<T>(resource: T) {
  return {
    metadata: { collectionType: 'application/vnd.ibm.kms.registration_input+json', collectionTotal: 1 },
    resources: [resource],
  };
}
