import { listInstancePolicies } from '../../../store/instance-policies.ts';
import type { KeyRow } from '../../../store/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { attributesOf } from '../instance-policies/attributes.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { setDualAuthPolicy, setRotationPolicy } from './set-policy.ts';

export interface PolicyOverrides {
  readonly rotation?: { readonly enabled?: boolean; readonly interval_month: number } | undefined;
  readonly dualAuthDelete?: { readonly enabled: boolean } | undefined;
}

/** Gives a new key its policies: the overrides where there are any, else what the instance's policies let it inherit. */
export async function givePolicies(
  deps: KmsDeps,
  tx: Tx,
  key: KeyRow,
  overrides: PolicyOverrides | undefined,
  made: { readonly by: string; readonly now: number },
): Promise<void> {
  const { rotation, dualAuthDelete } = overrides ?? (await inherited(tx, key));
  const change = { key, before: undefined, ...made };
  if (dualAuthDelete) await setDualAuthPolicy(deps, tx, change, dualAuthDelete.enabled);
  if (rotation) await setRotationPolicy(deps, tx, change, rotation);
}

/** Every key inherits dual authorization; only a root key that the service can rotate by itself inherits its rotation. */
async function inherited(tx: Tx, key: KeyRow): Promise<PolicyOverrides> {
  const policies = (await listInstancePolicies(tx, key.instance_id)).filter(({ enabled }) => enabled === 1);
  const rotation = policies.find(({ type }) => type === 'rotation');
  const interval = rotation && attributesOf(rotation).interval_month;
  const isRotatable = key.extractable === 0 && key.imported === 0;
  return {
    ...(policies.some(({ type }) => type === 'dualAuthDelete') && { dualAuthDelete: { enabled: true } }),
    ...(isRotatable && interval !== undefined && { rotation: { enabled: true, interval_month: interval } }),
  };
}
