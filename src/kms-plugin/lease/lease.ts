/**
 * How long a provider may use what one root key protects. A pure table: every rule about time and answers is here, and nothing else is.
 *
 * A lease is *granted* by a renewal and runs for a fixed time. Only a definitive answer *cuts* it. Everything that leaves a doubt
 * lets it run out.
 */

/** What the server says of a root key. */
export type Verdict = 'usable' | 'suspended' | 'destroyed' | 'expired' | 'denied';
/** The answers after which a key must not be used any more. */
export type CutReason = 'suspended' | 'destroyed' | 'denied';

export type LeaseEvent =
  /** The key service did the work that it was asked for at `startedAt`. */
  | { readonly type: 'renewed'; readonly startedAt: number }
  /** The pinned server refused the key definitively. */
  | { readonly type: 'refused'; readonly at: number; readonly reason: CutReason }
  /** No renewal, and no definitive answer either. */
  | { readonly type: 'not-renewed'; readonly cause: 'expired' | 'unreachable' }
  /** The pinned server's own account of the key, as an event. */
  | { readonly type: 'verdict'; readonly at: number; readonly verdict: Verdict };

export interface Lease {
  /** Start of the last renewal, on the monotonic clock in milliseconds. */
  readonly grantedAt?: number;
  /** `stopped`: the key expired, so renewals do not count. */
  readonly standing: 'open' | 'stopped' | { readonly cut: CutReason; readonly by: 'verdict' | 'answers'; readonly at: number };
  /** The first of two refusals that cut together. */
  readonly doubt?: { readonly at: number; readonly reason: CutReason };
  /** Why the last attempt to renew failed; absent after a renewal. */
  readonly lastFailure?: 'expired' | 'unreachable';
}

export interface LeaseRules {
  readonly leaseMs: number;
  /** Two refusals cut only when they are at least this far apart. */
  readonly refusalGapMs: number;
}

export type LeaseUse =
  | { readonly may: 'use' }
  /** No lease now, but a successful unwrap would give one. */
  | { readonly may: 'ask'; readonly because: 'unreachable' }
  | { readonly may: 'refuse'; readonly because: CutReason | 'expired' };

export const NO_LEASE: Lease = { standing: 'open' };

/** The lease after an event. Pure; returns the same object when nothing changes. */
export function afterEvent(lease: Lease, event: LeaseEvent, rules: LeaseRules): Lease {
  switch (event.type) {
    case 'renewed':
      return afterRenewal(lease, event.startedAt);
    case 'refused':
      return afterRefusal(lease, event, rules);
    case 'not-renewed':
      // "Expired" is knowledge about the key; that the server is away now does not undo it.
      return lease.lastFailure === event.cause || lease.lastFailure === 'expired'
        ? lease
        : { ...lease, lastFailure: event.cause };
    case 'verdict':
      return afterVerdict(lease, event);
  }
}

/** Did the server's own account of the key end renewals? Then asking the key service changes nothing. */
export function isSettledByVerdict({ standing }: Lease): boolean {
  return standing === 'stopped' || (typeof standing === 'object' && standing.by === 'verdict');
}

/** May what this key protects be used now? */
export function leaseUse(lease: Lease, now: number, rules: LeaseRules): LeaseUse {
  if (typeof lease.standing === 'object') return { may: 'refuse', because: lease.standing.cut };
  if (lease.grantedAt !== undefined && now < lease.grantedAt + rules.leaseMs) return { may: 'use' };
  if (lease.standing === 'stopped' || lease.lastFailure === 'expired') return { may: 'refuse', because: 'expired' };
  return { may: 'ask', because: 'unreachable' };
}

function afterRenewal(lease: Lease, startedAt: number): Lease {
  if (lease.standing === 'stopped') return lease;
  if (typeof lease.standing === 'object') {
    // A verdict is lifted by a verdict only: another replica may lag behind the one that spoke it.
    if (lease.standing.by === 'verdict' || startedAt <= lease.standing.at) return lease;
    return { grantedAt: startedAt, standing: 'open' };
  }
  // The answer to an earlier question says nothing about a later refusal, nor does it shorten a lease.
  const doubt = lease.doubt !== undefined && startedAt <= lease.doubt.at ? { doubt: lease.doubt } : {};
  return { grantedAt: Math.max(startedAt, lease.grantedAt ?? startedAt), standing: 'open', ...doubt };
}

function afterRefusal(lease: Lease, refusal: { at: number; reason: CutReason }, rules: LeaseRules): Lease {
  if (typeof lease.standing === 'object') {
    // A refusal moves the moment that a renewal has to be younger than.
    return { ...lease, standing: { ...lease.standing, at: Math.max(lease.standing.at, refusal.at) } };
  }
  if (lease.doubt === undefined) return { ...lease, doubt: { at: refusal.at, reason: refusal.reason } };
  if (refusal.at - lease.doubt.at < rules.refusalGapMs) return lease;
  return { standing: { cut: refusal.reason, by: 'answers', at: refusal.at } };
}

function afterVerdict(lease: Lease, { at, verdict }: { at: number; verdict: Verdict }): Lease {
  if (verdict === 'usable') {
    if (lease.standing === 'stopped')
      return { ...(lease.grantedAt === undefined ? {} : { grantedAt: lease.grantedAt }), standing: 'open' };
    // A cut by answers is lifted by an answer: the list that says "usable" may be older than the refusals.
    return typeof lease.standing === 'object' && lease.standing.by === 'verdict' ? NO_LEASE : lease;
  }
  if (verdict === 'expired') {
    // From a cut key nothing may be used, so an expired one that was cut before starts without a lease.
    return typeof lease.standing === 'object' ? { standing: 'stopped' } : { ...lease, standing: 'stopped' };
  }
  if (typeof lease.standing === 'object' && lease.standing.cut === verdict && lease.standing.by === 'verdict') return lease;
  return { standing: { cut: verdict, by: 'verdict', at } };
}
