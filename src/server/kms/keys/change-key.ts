import { RootwardError } from '../../../contract/errors.ts';
import type { KeyAction } from '../../../contract/keys/key-states.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { allowAction } from './allow-action.ts';
import type { ResolvedKey } from './resolve-key.ts';

/**
 * The key as the transaction sees it: the resolved record may be older. What was decided for a key in one key ring is not done to it
 * in another: throws REPLICA_BEHIND, so that the caller tries again, or KEY_NOT_FOUND.
 */
export async function currentKey(deps: Pick<KmsDeps, 'keyRows'>, tx: Tx, { instance, key }: ResolvedKey): Promise<KeyRow> {
  const current = await deps.keyRows.find(tx, instance.guid, key.id);
  if (!current) throw new RootwardError('KEY_NOT_FOUND');
  if (current.key_ring_id === key.key_ring_id) return current;
  throw new RootwardError('REPLICA_BEHIND', { message: 'The key was moved to another key ring meanwhile. Try again.' });
}

/** The current key, after checking that its kind and its state still allow the action. */
export async function keyForChange(
  deps: Pick<KmsDeps, 'keyRows'>,
  tx: Tx,
  action: KeyAction,
  resolved: ResolvedKey,
  now: number,
): Promise<KeyRow> {
  const current = await currentKey(deps, tx, resolved);
  allowAction(action, current, now);
  return current;
}
