import type { KeyRow } from '../../../store/keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

export interface PolicyOverrides {
  readonly rotation?: { readonly enabled?: boolean | undefined; readonly interval_month: number } | undefined;
  readonly dualAuthDelete?: { readonly enabled: boolean } | undefined;
}

/** Gives a new key its policies: the overrides where there are any, else what the instance's policies let it inherit. */
export async function givePolicies(
  _deps: KmsDeps,
  _tx: Tx,
  _key: KeyRow,
  _overrides: PolicyOverrides | undefined,
  _made: { readonly by: string; readonly now: number },
): Promise<void> {}
