import type { DemoStep } from './demo-state.ts';
import { CLUSTER_STEPS, SEAL_STEPS } from './steps-cluster.ts';
import { AUTHORIZATION_STEPS, KEY_STEPS } from './steps-keys.ts';
import { LIFECYCLE_STEPS } from './steps-lifecycle.ts';

/** From nothing to a rotated, replaced and proven root key, in the order in which it is shown. */
export const DEMO_STEPS: readonly DemoStep[] = [
  ...CLUSTER_STEPS,
  ...KEY_STEPS,
  ...AUTHORIZATION_STEPS,
  ...SEAL_STEPS,
  ...LIFECYCLE_STEPS,
];
