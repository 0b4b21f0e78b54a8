import { KEY_STATE, type KeyState } from '../../contract/keys/key-states.ts';
import type { KeyRow } from '../../store/keys.ts';

/** The state of a key at `now`: expiry counts from its instant on, whether it is written already or not. */
export function effectiveState(key: Pick<KeyRow, 'state' | 'expires_at'>, now: number): KeyState {
  const live = key.state === KEY_STATE.active || key.state === KEY_STATE.suspended;
  if (live && key.expires_at !== null && key.expires_at <= now) return KEY_STATE.deactivated;
  return key.state === 0 ? KEY_STATE.active : key.state;
}
