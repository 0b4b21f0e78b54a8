import type { InstancePolicyRow } from '../../../store/kms/instance-policies.ts';
import type { KeyPolicyRow } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { attributesOf } from '../instance-policies/attributes.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { setDualAuthPolicy, setRotationPolicy } from './set-policy.ts';

export interface PolicyOverrides {
  readonly rotation?: { readonly enabled?: boolean; readonly interval_month: number } | undefined;
  readonly dualAuthDelete?: { readonly enabled: boolean } | undefined;
}

/**
 * Gives a new key its policies and returns them: the overrides where there are any, else what it inherits of `policies`, those of its
 * instance.
 */
export async function givePolicies(
  deps: KmsDeps,
  tx: Tx,
  key: KeyRow,
  policies: readonly InstancePolicyRow[],
  overrides: PolicyOverrides | undefined,
  made: { readonly by: string; readonly now: number },
): Promise<KeyPolicyRow[]> {
  const { rotation, dualAuthDelete } = overrides ?? inherited(policies, key);
  const change = { key, before: undefined, ...made };
  const given: KeyPolicyRow[] = [];
  if (dualAuthDelete) given.push(await setDualAuthPolicy(deps, tx, change, dualAuthDelete.enabled));
  if (rotation) given.push(await setRotationPolicy(deps, tx, change, rotation));
  return given;
}

/** Every key inherits dual authorization; only a root key that the service can rotate by itself inherits its rotation. */
function inherited(all: readonly InstancePolicyRow[], key: KeyRow): PolicyOverrides {
  const policies = all.filter(({ enabled }) => enabled === 1);
  const rotation = policies.find(({ type }) => type === 'rotation');
  const interval = rotation && attributesOf(rotation).interval_month;
  const isRotatable = key.extractable === 0 && key.imported === 0;
  return {
    ...(policies.some(({ type }) => type === 'dualAuthDelete') && { dualAuthDelete: { enabled: true } }),
    ...(isRotatable && interval !== undefined && { rotation: { enabled: true, interval_month: interval } }),
  };
}
