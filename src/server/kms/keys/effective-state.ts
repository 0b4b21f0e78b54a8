import { KEY_STATE, type KeyState } from '../../../contract/keys/key-states.ts';
import type { KeyRow } from '../../../store/keys.ts';

/**
 * The state of a key at `now`. Expiry takes effect at its instant, on every read: whether the sweep has written it yet makes no
 * difference to anybody.
 */
export function effectiveState(key: Pick<KeyRow, 'state' | 'expires_at'>, now: number): KeyState {
  const isLive = key.state === KEY_STATE.active || key.state === KEY_STATE.suspended;
  if (isLive && key.expires_at !== null && key.expires_at <= now) return KEY_STATE.deactivated;
  return key.state === 0 ? KEY_STATE.active : key.state;
}
