import type { WrappedKek } from '../blob/blob.ts';
import type { KeyService } from '../key-service/key-service.ts';
import { CallFailure } from '../lease/call-failure.ts';
import { isSettledByVerdict } from '../lease/lease.ts';
import type { Leases } from '../lease/leases.ts';
import { type Keks, tellLease } from './keks.ts';

const CALL_MS = 2000;
const CANARY_BYTES = 32;

/** `fine`: renewed, or rightly not asked. `unreadable`: the key works, but this KEK does not open. */
export type ProbeResult = 'fine' | 'failed' | 'unreadable';

/**
 * Finds out whether a root key still does its work and renews its lease. The active key has to wrap and unwrap; of others an unwrap
 * is asked.
 */
export async function probeKey(deps: {
  readonly kek: WrappedKek;
  /** The key version that has to do the wrapping, or undefined for a key that only unwraps. */
  readonly wrapVersion: string | undefined;
  readonly service: KeyService;
  readonly keks: Keks;
  readonly leases: Leases;
  readonly clusterId: string;
  readonly clock: () => number;
  readonly onOtherVersion: () => void;
}): Promise<ProbeResult> {
  const { kek, leases } = deps;
  if (isSettledByVerdict(leases.get(kek))) return 'fine';
  const startedAt = deps.clock();
  const [wrapped, unwrapped] = await Promise.allSettled([
    wrapCanary(deps),
    deps.keks.ask(kek, CALL_MS, deps.wrapVersion === undefined),
  ]);
  if (wrapped.status === 'rejected' || unwrapped.status === 'rejected') {
    for (const result of [wrapped, unwrapped]) {
      if (result.status === 'rejected' && !(result.reason instanceof CallFailure)) throw result.reason;
    }
    return unwrapped.status === 'rejected' && (unwrapped.reason as CallFailure).kind === 'ciphertext' ? 'unreadable' : 'failed';
  }
  leases.apply(kek, { type: 'renewed', startedAt });
  deps.keks.hold(kek, unwrapped.value);
  return 'fine';
}

async function wrapCanary(deps: Parameters<typeof probeKey>[0]): Promise<void> {
  if (deps.wrapVersion === undefined) return;
  try {
    const canary = Buffer.alloc(CANARY_BYTES);
    const { keyVersionId } = await deps.service.wrap(deps.kek, canary, ['rootward.probe.v1', deps.clusterId], CALL_MS);
    if (keyVersionId !== deps.wrapVersion) deps.onOtherVersion();
  } catch (error) {
    tellLease(deps.leases, deps.kek, error, deps.clock());
    throw error;
  }
}
