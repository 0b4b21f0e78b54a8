import type { InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Throws KEY_QUOTA if the instance has as many keys as it may have. */
export async function refuseOverQuota(_deps: KmsDeps, _tx: Tx, _instance: InstanceRow): Promise<void> {}
