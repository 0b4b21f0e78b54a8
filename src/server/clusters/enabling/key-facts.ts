import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Db } from '../../../store/store.ts';
import type { InstancesTable } from '../../../store/tables/resources.ts';
import type { Decide } from '../../iam/decide/decision.ts';
import type { KeyRows } from '../../key-rows.ts';
import type { ClusterPrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';

export type KmsInstance = Pick<InstancesTable, 'guid' | 'account_id' | 'name' | 'service' | 'region' | 'resource_group_id'>;

/** What the Kubernetes service knows of a root key before anything is done with it. */
export interface KeyFacts {
  readonly instance: KmsInstance | undefined;
  readonly key: KeyRow | undefined;
  /** May the cluster wrap with the key (or, where there is no such key, with keys of the instance)? */
  readonly authorized: boolean;
}

/** A KMS instance of one account; an instance of another account is not found. */
export async function findKmsInstance(db: Db, accountId: string, instanceId: string): Promise<KmsInstance | undefined> {
  return await db
    .selectFrom('instances')
    .select(['guid', 'account_id', 'name', 'service', 'region', 'resource_group_id'])
    .where('account_id', '=', accountId)
    .where('guid', '=', instanceId)
    .where('state', '=', 'active')
    .executeTakeFirst();
}

/** Every KMS instance of an account, by name. */
export async function listKmsInstances(db: Db, accountId: string): Promise<KmsInstance[]> {
  return await db
    .selectFrom('instances')
    .select(['guid', 'account_id', 'name', 'service', 'region', 'resource_group_id'])
    .where('account_id', '=', accountId)
    .where('state', '=', 'active')
    .orderBy('name')
    .orderBy('guid')
    .execute();
}

/** Reads the facts about a key of `accountId`. Decides as the cluster would be decided about, without a record of a refusal. */
export async function readKeyFacts(
  deps: { readonly db: Db; readonly keyRows: KeyRows; readonly decide: Decide },
  principal: ClusterPrincipal,
  at: { readonly accountId: string; readonly instanceId: string; readonly keyId: string },
): Promise<KeyFacts> {
  const instance = await findKmsInstance(deps.db, at.accountId, at.instanceId);
  if (!instance) return { instance: undefined, key: undefined, authorized: false };
  const key = await deps.keyRows.find(deps.db, instance.guid, at.keyId);
  const decision = await deps.decide(principal, 'kms.secrets.wrap', keyTarget(instance, key));
  return { instance, key, authorized: decision.allowed };
}

export function instanceTarget(instance: KmsInstance): Target {
  return {
    serviceName: instance.service,
    accountId: instance.account_id,
    region: instance.region,
    resourceGroupId: instance.resource_group_id,
    serviceInstance: instance.guid,
    name: instance.name,
  };
}

export function keyTarget(instance: KmsInstance, key: KeyRow | undefined): Target {
  if (!key) return instanceTarget(instance);
  return { ...instanceTarget(instance), keyRing: key.key_ring_id, resourceType: 'key', resource: key.id, name: key.name };
}
