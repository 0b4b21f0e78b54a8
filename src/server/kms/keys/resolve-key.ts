import { RootwardError } from '../../../contract/errors.ts';
import { findInstanceOfAnyAccount, type InstanceRow } from '../../../store/instances.ts';
import { findKey, type KeyRow } from '../../../store/keys.ts';
import type { Store } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';

export interface ResolvedKey {
  readonly instance: InstanceRow;
  readonly key: KeyRow;
}

export interface KeyCall {
  readonly principal: Principal;
  readonly input: { readonly params: { readonly id: string }; readonly headers: InstanceHeadersIn };
}
export interface InstanceHeadersIn {
  readonly 'bluemix-instance': string;
  readonly 'x-kms-key-ring'?: string | undefined;
}

export interface KeyResolver {
  /** The key that a call names. Immediate when it is cached. */
  key(call: KeyCall): Resolved<ResolvedKey> | Promise<Resolved<ResolvedKey>>;
  instance(principal: Principal, headers: InstanceHeadersIn): Promise<Resolved<InstanceRow>>;
}

/**
 * Finds instances and keys, always by instance. Records stay in memory until the next committed change of keys: the store calls
 * `onChange` before a change is acknowledged, so a disabled or deleted key is never served from here afterwards.
 */
export function createKeyResolver(deps: { store: Store; recordsKept: number }): KeyResolver {
  const cache = new Map<string, Resolved<ResolvedKey>>();
  let generation = 0;
  deps.store.onChange('keys', () => {
    generation += 1;
    cache.clear();
  });

  async function readKey(call: KeyCall, cacheKey: string): Promise<Resolved<ResolvedKey>> {
    const { headers, params } = call.input;
    const before = generation;
    const found = await instance(call.principal, headers);
    // Read also where there is no instance: how long an answer takes must not tell whether there is one.
    const key = await findKey(deps.store.db, headers['bluemix-instance'], params.id);
    if (found.missing) return found;
    const ring = headers['x-kms-key-ring'];
    if (!key || (ring !== undefined && ring !== key.key_ring_id))
      return { target: found.target, missing: new RootwardError('KEY_NOT_FOUND') };
    const resolved = { target: targetOfKey(found.record, key), record: { instance: found.record, key } };
    // A change that committed while this was being read has emptied the cache already; what was read may be from before it.
    if (before === generation && ring === undefined) {
      if (cache.size >= deps.recordsKept) cache.delete(cache.keys().next().value ?? '');
      cache.set(cacheKey, resolved);
    }
    return resolved;
  }

  async function instance(principal: Principal, headers: InstanceHeadersIn): Promise<Resolved<InstanceRow>> {
    const guid = headers['bluemix-instance'];
    const row = await findInstanceOfAnyAccount(deps.store.db, guid);
    if (row?.state !== 'active' || !isVisible(principal, row.account_id)) {
      // The caller's own account, so that the answer, and all that is read and decided for it, is the same whether the instance
      // exists elsewhere or nowhere.
      const target: Target = { serviceName: 'kms', accountId: principal.accountId, serviceInstance: guid };
      return { target, missing: new RootwardError('INSTANCE_UNKNOWN') };
    }
    return { target: targetOfInstance(row), record: row };
  }

  return {
    key(call) {
      const cacheKey = `${call.input.headers['bluemix-instance']}/${call.input.params.id}`;
      const known = call.input.headers['x-kms-key-ring'] === undefined ? cache.get(cacheKey) : undefined;
      return known && isVisible(call.principal, known.target.accountId) ? known : readKey(call, cacheKey);
    },
    instance,
  };
}

/** People act in their own account only. A cluster also uses instances of others, where a service authorization lets it. */
function isVisible(principal: Principal, accountId: string): boolean {
  return principal.kind === 'cluster' || principal.accountId === accountId;
}

export function targetOfInstance(instance: InstanceRow): Target {
  return {
    serviceName: instance.service,
    accountId: instance.account_id,
    region: instance.region,
    resourceGroupId: instance.resource_group_id,
    serviceInstance: instance.guid,
    name: instance.name,
  };
}

export function targetOfKey(instance: InstanceRow, key: KeyRow): Target {
  return { ...targetOfInstance(instance), keyRing: key.key_ring_id, resourceType: 'key', resource: key.id, name: key.name };
}
