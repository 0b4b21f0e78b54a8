import { createSecretKey, type KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import type { WrappedKek } from '../blob/blob.ts';
import type { Gate } from '../key-service/gate.ts';
import type { KeyService, RootKeyRef } from '../key-service/key-service.ts';
import { withinBudget } from '../key-service/retry.ts';
import { createSingleflight } from '../key-service/singleflight.ts';
import { CallFailure, EFFECTS, leaseEventOf } from '../lease/call-failure.ts';
import { keyName, type Leases, refusal } from '../lease/leases.ts';

const KEK_BYTES = 32;
const NEGATIVE_MS = 1000;
const MOST_HELD = 1024;
const MOST_FAILURES = 4096;

/** Unwrapped local KEKs. Each is held only while the lease of its root key allows its use. */
export interface Keks {
  /** The KEK, from memory or by one unwrap that all callers share. Throws RootwardError. */
  readonly open: (kek: WrappedKek, budgetMs: number) => Promise<KeyObject>;
  /** One unwrap by the key service, whatever is in memory. `grants`: success renews the lease. Throws CallFailure. */
  readonly ask: (kek: WrappedKek, timeoutMs: number, grants: boolean) => Promise<KeyObject>;
  /** Keeps an unwrapped KEK, if the lease of its root key allows it. */
  readonly hold: (kek: WrappedKek, key: KeyObject) => void;
  /** For each root key that was used, one KEK to ask about. */
  readonly samples: () => readonly WrappedKek[];
  /** Drops what no lease allows any more. */
  readonly sweep: () => void;
  /** Forgets failures, after news about keys. */
  readonly forgive: () => void;
  readonly count: () => number;
}

export function createKeks(deps: {
  readonly service: KeyService;
  readonly leases: Leases;
  readonly gate: Gate;
  readonly clusterId: string;
  readonly clock: () => number;
  readonly random: () => number;
}): Keks {
  const { leases, clock } = deps;
  const held = new Map<string, { kek: WrappedKek; key: KeyObject }>();
  const failures = new Map<string, { error: RootwardError; until: number }>();
  const samples = new Map<string, WrappedKek>();
  const share = createSingleflight<KeyObject>();

  /** Unwraps once and tells the lease what came of it. */
  const unwrap = async (kek: WrappedKek, timeoutMs: number, grants: boolean): Promise<KeyObject> => {
    const startedAt = clock();
    let plaintext: Buffer;
    try {
      plaintext = await deps.service.unwrap(kek, kek.wrapped, kekAad(deps.clusterId, kek.keyId), timeoutMs);
    } catch (error) {
      tellLease(leases, kek, error, clock());
      throw error;
    }
    if (plaintext.length !== KEK_BYTES) throw new CallFailure('protocol', 'the unwrapped local KEK has a wrong length');
    const key = createSecretKey(plaintext);
    plaintext.fill(0);
    if (grants) leases.apply(kek, { type: 'renewed', startedAt });
    return key;
  };
  const hold = (kek: WrappedKek, key: KeyObject): void => {
    if (leases.use(kek).may !== 'use') return;
    samples.set(keyName(kek), kek);
    held.delete(kek.hash);
    held.set(kek.hash, { kek, key });
    const oldest = held.keys().next();
    if (held.size > MOST_HELD && !oldest.done) held.delete(oldest.value);
  };
  const fail = (kek: WrappedKek, error: unknown): RootwardError => {
    const known = rootwardError(error);
    if (failures.size > MOST_FAILURES) failures.clear();
    failures.set(kek.hash, { error: known, until: clock() + NEGATIVE_MS });
    return known;
  };
  const fetch = async (kek: WrappedKek, budgetMs: number): Promise<KeyObject> => {
    try {
      // Of an expired key only both directions together renew the lease, see the probe.
      const grants = leases.get(kek).lastFailure !== 'expired';
      const key = await deps.gate(() => withinBudget(budgetMs, deps, (timeoutMs) => unwrap(kek, timeoutMs, grants)));
      // The lease may have been cut while the answer was under way.
      const use = leases.use(kek);
      if (use.may !== 'use') throw refusal(use);
      hold(kek, key);
      return key;
    } catch (error) {
      throw fail(kek, error);
    }
  };

  return {
    open: async (kek, budgetMs) => {
      const use = leases.use(kek);
      if (use.may === 'refuse') throw refusal(use);
      const have = held.get(kek.hash);
      if (use.may === 'use' && have !== undefined) {
        hold(kek, have.key);
        return have.key;
      }
      const failure = failures.get(kek.hash);
      if (failure !== undefined && clock() < failure.until) throw failure.error;
      return await share(kek.hash, () => fetch(kek, budgetMs));
    },
    ask: unwrap,
    hold,
    samples: () => [...samples.values()],
    sweep: () => {
      for (const [hash, { kek }] of held) if (leases.use(kek).may !== 'use') held.delete(hash);
    },
    forgive: () => failures.clear(),
    count: () => held.size,
  };
}

/** The AAD that binds a wrapped local KEK to its cluster and activation. */
export function kekAad(clusterId: string, keyId: string): readonly string[] {
  return ['rootward.local-kek.v1', clusterId, keyId];
}

/** Tells the lease of a key what a failed call means for it. */
export function tellLease(leases: Leases, key: RootKeyRef, error: unknown, at: number): void {
  if (!(error instanceof CallFailure)) return;
  const event = leaseEventOf(error.kind, at);
  if (event !== undefined) leases.apply(key, event);
}

/** What a caller of the provider is told about a failed call. */
export function rootwardError(error: unknown): RootwardError {
  if (error instanceof RootwardError) return error;
  if (error instanceof CallFailure) return new RootwardError(EFFECTS[error.kind].code, { message: error.message, cause: error });
  return new RootwardError('INTERNAL', { cause: error });
}
