import { RootwardError } from '../../../contract/errors.ts';
import { isKeyUuid } from '../../../contract/key-aliases/alias.ts';
import { DEFAULT_RING } from '../../../contract/key-rings/key-ring.ts';
import { findInstanceOfAnyAccount, type InstanceRow } from '../../../store/instances.ts';
import { listInstancePolicies } from '../../../store/kms/instance-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Store } from '../../../store/store.ts';
import type { CallHost, Resolved } from '../../handler.ts';
import type { KeyRows } from '../../key-rows.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { isAllowedFrom, type NetworkRule, networkRuleOf } from '../instance-policies/network-rule.ts';

export interface ResolvedKey {
  readonly instance: InstanceRow;
  readonly key: KeyRow;
}

/** What a call says about its instance. */
export interface InstanceCall {
  readonly principal: Principal;
  readonly host: CallHost;
  readonly input: { readonly headers: InstanceHeadersIn };
}
export interface KeyCall extends InstanceCall {
  readonly input: { readonly params: { readonly id: string }; readonly headers: InstanceHeadersIn };
}
export interface InstanceHeadersIn {
  readonly 'bluemix-instance': string;
  readonly 'x-kms-key-ring'?: string | undefined;
}

export interface KeyResolver {
  /** The key that a call names by its id or by an alias. Immediate when it is cached. */
  key(call: KeyCall): Resolved<ResolvedKey> | Promise<Resolved<ResolvedKey>>;
  /** The instance that a call names, if its policies take calls from there. */
  instance(call: InstanceCall): Promise<Resolved<InstanceRow>>;
  /** The instance, for what is done in the key ring that the header names, or in the default one: that ring is decided about. */
  ring(call: InstanceCall): Promise<Resolved<InstanceRow>>;
}

type Found<R> = Extract<Resolved<R>, { missing?: undefined }>;

/** What was found, and which calls the policies of the instance let through to it. */
interface Known<R> {
  readonly found: Found<R>;
  readonly network: NetworkRule | undefined;
}

/**
 * Finds instances and keys, always by instance. Records stay in memory until the next committed change of keys: the store calls
 * `onChange` before a change is acknowledged, so a disabled or deleted key, or one by a name that it has no more, is never served
 * from here afterwards.
 */
export function createKeyResolver(deps: { store: Store; keyRows: KeyRows; recordsKept: number }): KeyResolver {
  const keys = new Map<string, Known<ResolvedKey>>();
  const instances = new Map<string, Known<InstanceRow>>();
  /**
   * Those that are being read, by whoever came first after the last change: a burst of calls from one account reads an instance once.
   * Callers of another account read for themselves, so that how long it takes tells them nothing.
   */
  const reading = new Map<string, Promise<Known<InstanceRow> | undefined>>();
  let generation = 0;
  deps.store.onChange('keys', () => {
    generation += 1;
    keys.clear();
    instances.clear();
    reading.clear();
  });

  async function readKey(call: KeyCall, cacheKey: string): Promise<Resolved<ResolvedKey>> {
    const { headers, params } = call.input;
    const before = generation;
    const known = await findInstance(call);
    // Read also where there is no instance: how long an answer takes must not tell whether there is one.
    const { find, findByAlias } = deps.keyRows;
    const read = (isKeyUuid(params.id) ? find : findByAlias)(deps.store.db, headers['bluemix-instance'], params.id);
    const key = await read.catch(orNotAuthentic);
    if (!known) return unknownInstance(call);
    const { found, network } = known;
    // There can be no key in it yet, and that is why.
    if (found.record.sealed_key.length === 0) return letThrough(network, call.host, uninitialized(found));
    if (key instanceof RootwardError) {
      // Nothing that the row says is used, not even to decide who may learn of it.
      const target = { ...found.target, resourceType: 'key', resource: params.id };
      return letThrough(network, call.host, { target, missing: key, metered: found.metered });
    }
    const ring = headers['x-kms-key-ring'];
    if (!key || (ring !== undefined && ring !== key.key_ring_id)) {
      // The same for no key at all and for one in another key ring. Decided about the ring that was named: who may look there may
      // know that it has no such key, and nobody learns anything of other rings.
      const target = ring === undefined ? found.target : { ...found.target, keyRing: ring };
      const missing = new RootwardError('KEY_NOT_FOUND');
      return letThrough(network, call.host, { target, missing, metered: found.metered });
    }
    const record = { instance: found.record, key };
    const resolved = { target: targetOfKey(found.record, key), record, metered: found.metered };
    // A change that committed while this was being read has emptied the cache already; what was read may be from before it.
    if (before === generation) keep(keys, cacheKey, { found: resolved, network });
    return letThrough(network, call.host, resolved);
  }

  async function findInstance(call: InstanceCall): Promise<Known<InstanceRow> | undefined> {
    const guid = call.input.headers['bluemix-instance'];
    const kept = instances.get(guid);
    if (kept && isVisible(call.principal, kept.found.target.accountId)) return kept;
    const known = await readOnce(guid, call.principal.accountId);
    return known && isVisible(call.principal, known.found.target.accountId) ? known : undefined;
  }

  function readOnce(guid: string, accountId: string): Promise<Known<InstanceRow> | undefined> {
    const name = `${accountId}/${guid}`;
    const begun = reading.get(name);
    if (begun) return begun;
    const read = readInstance(guid).finally(() => {
      if (reading.get(name) === read) reading.delete(name);
    });
    reading.set(name, read);
    return read;
  }

  async function readInstance(guid: string): Promise<Known<InstanceRow> | undefined> {
    const before = generation;
    const row = await findInstanceOfAnyAccount(deps.store.db, guid);
    const policies = await listInstancePolicies(deps.store.db, guid);
    if (row?.state !== 'active') return undefined;
    const isMetered = policies.some(({ type, enabled }) => type === 'metrics' && enabled === 1);
    const found = { target: targetOfInstance(row), record: row, metered: isMetered ? guid : undefined };
    const known = { found, network: networkRuleOf(policies) };
    if (before === generation) keep(instances, guid, known);
    return known;
  }

  function keep<T>(cache: Map<string, T>, name: string, value: T): void {
    if (cache.size >= deps.recordsKept) cache.delete(cache.keys().next().value ?? '');
    cache.set(name, value);
  }

  return {
    key(call) {
      const cacheKey = `${call.input.headers['bluemix-instance']}/${call.input.params.id}`;
      const known = keys.get(cacheKey);
      if (!known || !isVisible(call.principal, known.found.target.accountId)) return readKey(call, cacheKey);
      const ring = call.input.headers['x-kms-key-ring'];
      if (ring !== undefined && ring !== known.found.target.keyRing) return readKey(call, cacheKey);
      return letThrough(known.network, call.host, known.found);
    },
    async instance(call) {
      const known = await findInstance(call);
      return known ? letThrough(known.network, call.host, known.found) : unknownInstance(call);
    },
    async ring(call) {
      const known = await findInstance(call);
      if (!known) return unknownInstance(call);
      const target = { ...known.found.target, keyRing: call.input.headers['x-kms-key-ring'] ?? DEFAULT_RING };
      return letThrough(known.network, call.host, { ...known.found, target });
    },
  };
}

/** The same instance for whoever needs its key, which it has only once somebody has initialized it. */
export function uninitialized({ target, metered }: Resolved<InstanceRow>): Resolved<never> {
  return { target, missing: new RootwardError('INSTANCE_UNINITIALIZED'), metered };
}

/** That a row is not authentic is for those who may see the key: it becomes the answer after the decision. */
function orNotAuthentic(error: unknown): RootwardError {
  if (error instanceof RootwardError && error.code === 'ROW_INTEGRITY') return error;
  throw error;
}

/** What was found, unless the instance takes no calls from there: that is said, once it is decided that the caller may know. */
function letThrough<R>(network: NetworkRule | undefined, host: CallHost, found: Resolved<R>): Resolved<R> {
  if (network === undefined || isAllowedFrom(network, host)) return found;
  return { target: found.target, missing: new RootwardError('NETWORK_DENIED'), metered: found.metered };
}

/**
 * The target is in the caller's own account, so that the answer, and all that is read and decided for it, is the same whether the
 * instance exists elsewhere or nowhere.
 */
function unknownInstance({ principal, input }: InstanceCall): Resolved<never> {
  const target: Target = {
    serviceName: 'kms',
    accountId: principal.accountId,
    serviceInstance: input.headers['bluemix-instance'],
  };
  return { target, missing: new RootwardError('INSTANCE_UNKNOWN') };
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
