import { RootwardError } from '../../../contract/errors.ts';
import type { KeyAction } from '../../../contract/keys/key-states.ts';
import { findKey, type KeyRow } from '../../../store/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { allowAction } from './allow-action.ts';
import type { ResolvedKey } from './resolve-key.ts';

/** The key as the transaction sees it, after checking that its state still allows the action: the resolved record may be older. */
export async function keyForChange(tx: Tx, action: KeyAction, { instance, key }: ResolvedKey, now: number): Promise<KeyRow> {
  const current = await findKey(tx, instance.guid, key.id);
  if (!current) throw new RootwardError('KEY_NOT_FOUND');
  allowAction(action, current, now);
  return current;
}
