import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_ACTIONS, KEY_STATE, KEY_STATE_NAMES, type KeyAction } from '../../../contract/keys/key-states.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { formatInstant } from '../../instant.ts';

const ROOT_KEYS_ONLY: ReadonlySet<KeyAction> = new Set(['wrap', 'unwrap', 'rewrap', 'rotate', 'disable', 'enable', 'sync']);

/** Throws unless the kind and the state of the key allow the action at `now`. The order is the documented one: kind, deleted, state. */
export function allowAction(action: KeyAction, key: KeyRow, now: number): void {
  if (key.extractable === 1 && ROOT_KEYS_ONLY.has(action)) throw new RootwardError('KEY_ROOT_REQUIRED');
  const state = effectiveState(key, now);
  const verdict = KEY_ACTIONS[action][state];
  if (verdict === 'ok') return;
  if (verdict === 'KEY_DELETED') throw new RootwardError('KEY_DELETED');
  const since =
    state === KEY_STATE.deactivated && key.expires_at !== null ? ` since it expired at ${formatInstant(key.expires_at)}` : '';
  throw new RootwardError('KEY_STATE', {
    message: `The key is ${KEY_STATE_NAMES[state]}${since}, and ${action} is not possible in this state.`,
  });
}
