/** States of a key (NIST SP 800-57 names). 0 is reserved: a key is active from its creation; 4 is not used. */
export const KEY_STATE = { active: 1, suspended: 2, deactivated: 3, destroyed: 5 } as const;
export type KeyState = (typeof KEY_STATE)[keyof typeof KEY_STATE];

export const KEY_STATE_NAMES: Readonly<Record<KeyState, string>> = {
  1: 'Active',
  2: 'Suspended',
  3: 'Deactivated',
  5: 'Destroyed',
};

export type KeyAction =
  | 'wrap'
  | 'unwrap'
  | 'rewrap'
  | 'rotate'
  | 'disable'
  | 'enable'
  | 'authorize deletion'
  | 'withdraw deletion'
  | 'delete'
  | 'restore'
  | 'purge'
  | 'move'
  | 'change aliases'
  | 'change policies'
  | 'sync';

type Verdict = 'ok' | 'KEY_STATE' | 'KEY_DELETED';
const deleted = 'KEY_DELETED' as const;
const refused = 'KEY_STATE' as const;

/** Which action is possible in which state. Source: Key Protect's key-state tables; a Deactivated key still unwraps and rotates. */
export const KEY_ACTIONS: Readonly<Record<KeyAction, Readonly<Record<KeyState, Verdict>>>> = {
  wrap: { 1: 'ok', 2: refused, 3: refused, 5: deleted },
  unwrap: { 1: 'ok', 2: refused, 3: 'ok', 5: deleted },
  rewrap: { 1: 'ok', 2: refused, 3: 'ok', 5: deleted },
  rotate: { 1: 'ok', 2: refused, 3: 'ok', 5: deleted },
  disable: { 1: 'ok', 2: refused, 3: refused, 5: deleted },
  enable: { 1: refused, 2: 'ok', 3: refused, 5: deleted },
  'authorize deletion': { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  'withdraw deletion': { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  delete: { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  restore: { 1: refused, 2: refused, 3: refused, 5: 'ok' },
  purge: { 1: refused, 2: refused, 3: refused, 5: 'ok' },
  move: { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  'change aliases': { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  'change policies': { 1: 'ok', 2: 'ok', 3: 'ok', 5: deleted },
  sync: { 1: 'ok', 2: 'ok', 3: 'ok', 5: 'ok' },
};
