import { closeRecipientsOfKey } from '../../../store/kms/lifecycle-events.ts';
import { eraseKey } from '../../../store/kms/purge.ts';
import type { Tx } from '../../../store/store.ts';

/**
 * Destroys a key for good, with all that belongs to it: versions, aliases, policies, registrations and hidden subscriptions. Nobody
 * is waited for any more. The caller has checked that it may; after the commit it calls `material.forget`.
 */
export async function purgeKey(tx: Tx, instanceId: string, keyId: string): Promise<void> {
  await closeRecipientsOfKey(tx, keyId);
  await eraseKey(tx, instanceId, keyId);
}
