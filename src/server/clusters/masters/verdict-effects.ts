import type { KeyVerdict } from '../../../contract/views/cluster-texts.ts';

export interface VerdictEffect {
  /** State of the cluster. */
  readonly state: 'normal' | 'warning' | 'critical';
  /** What happens to a hosted control plane; `keep`: whatever it is doing now goes on. */
  readonly controlPlane: 'run' | 'suspend' | 'keep';
}

/**
 * What a cluster does about its root key. Only a definite Suspended or Destroyed suspends it. Under an expired key the control
 * plane runs, whatever was before: it has to, to be moved to another key. What may only mean that we cannot see the key changes
 * nothing.
 */
export const VERDICT_EFFECTS: Readonly<Record<KeyVerdict, VerdictEffect>> = {
  usable: { state: 'normal', controlPlane: 'run' },
  suspended: { state: 'warning', controlPlane: 'suspend' },
  destroyed: { state: 'critical', controlPlane: 'suspend' },
  expired: { state: 'critical', controlPlane: 'run' },
  denied: { state: 'warning', controlPlane: 'keep' },
  unreachable: { state: 'warning', controlPlane: 'keep' },
};

/** From the worst for the cluster to the best. */
const BY_SEVERITY: readonly KeyVerdict[] = ['destroyed', 'suspended', 'expired', 'denied', 'unreachable', 'usable'];

/** While a cluster moves between two root keys it needs both: the worse verdict counts. */
export function worse(a: KeyVerdict, b: KeyVerdict): KeyVerdict {
  return BY_SEVERITY.indexOf(a) <= BY_SEVERITY.indexOf(b) ? a : b;
}
