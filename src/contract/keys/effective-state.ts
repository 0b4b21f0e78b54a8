import { KEY_STATE, type KeyState } from './key-states.ts';

/**
 * The state of a key at `now` (ms since 1970). Expiry takes effect at its instant, on every read: whether the sweep has written it
 * yet makes no difference to anybody.
 */
export function effectiveState(key: { readonly state: KeyState | 0; readonly expires_at: number | null }, now: number): KeyState {
  const isLive = key.state === KEY_STATE.active || key.state === KEY_STATE.suspended;
  if (isLive && key.expires_at !== null && key.expires_at <= now) return KEY_STATE.deactivated;
  return key.state === 0 ? KEY_STATE.active : key.state;
}
