import { RootwardError } from '../../contract/errors.ts';
import type { RootKeyRef } from '../key-service/key-service.ts';
import { afterEvent, type Lease, type LeaseEvent, type LeaseRules, type LeaseUse, leaseUse, NO_LEASE } from './lease.ts';

const MOST_LEASES = 1024;

/** The leases of all root keys that this cluster's data needs. */
export interface Leases {
  readonly apply: (key: RootKeyRef, event: LeaseEvent) => void;
  readonly use: (key: RootKeyRef) => LeaseUse;
  readonly get: (key: RootKeyRef) => Lease;
  readonly setLeaseSeconds: (seconds: number) => void;
  readonly leaseMs: () => number;
  readonly all: () => readonly { readonly key: RootKeyRef; readonly lease: Lease; readonly use: LeaseUse }[];
}

/** `onChange` hears when what a key allows may have changed. */
export function createLeases(deps: {
  readonly clock: () => number;
  readonly refusalGapMs: number;
  readonly onChange: (key: RootKeyRef, before: Lease, after: Lease) => void;
}): Leases {
  const leases = new Map<string, { key: RootKeyRef; lease: Lease }>();
  let rules: LeaseRules = { leaseMs: 0, refusalGapMs: deps.refusalGapMs };
  const get = (key: RootKeyRef): Lease => leases.get(keyName(key))?.lease ?? NO_LEASE;

  return {
    get,
    apply: (key, event) => {
      const before = get(key);
      const after = afterEvent(before, event, rules);
      if (after === before) return;
      if (leases.size >= MOST_LEASES) forgetOne(leases);
      leases.set(keyName(key), { key: { instanceId: key.instanceId, rootKeyId: key.rootKeyId }, lease: after });
      deps.onChange(key, before, after);
    },
    use: (key) => leaseUse(get(key), deps.clock(), rules),
    setLeaseSeconds: (seconds) => {
      rules = { ...rules, leaseMs: seconds * 1000 };
    },
    leaseMs: () => rules.leaseMs,
    all: () => [...leases.values()].map(({ key, lease }) => ({ key, lease, use: leaseUse(lease, deps.clock(), rules) })),
  };
}

/** Blobs may name any key, so entries that carry no decision make room. */
function forgetOne(leases: Map<string, { lease: Lease }>): void {
  for (const [name, { lease }] of leases) {
    if (lease.standing === 'open' && lease.grantedAt === undefined) {
      leases.delete(name);
      return;
    }
  }
}

/** The name of a root key in maps and logs. */
export function keyName(key: RootKeyRef): string {
  return `${key.instanceId}/${key.rootKeyId}`;
}

/** The error that a caller gets when the lease of a key does not allow the use of it. */
export function refusal(use: Exclude<LeaseUse, { may: 'use' }>): RootwardError {
  switch (use.because) {
    case 'suspended':
      return new RootwardError('KEY_STATE', { message: 'the root key is suspended' });
    case 'destroyed':
      return new RootwardError('KEY_STATE', { message: 'the root key was deleted' });
    case 'expired':
      return new RootwardError('KEY_STATE', { message: 'the root key has expired and the lease is over' });
    case 'denied':
      return new RootwardError('SERVICE_AUTHORIZATION_MISSING');
    case 'unreachable':
      return new RootwardError('SERVER_UNREACHABLE', { message: 'the key service cannot be reached and there is no lease' });
  }
}
