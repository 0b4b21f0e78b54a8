import type { ErrorCode } from '../../../contract/errors.ts';

// A key as the documentation describes it, in a few lines and without a store: what random histories are compared with.

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

export const MODEL_ACTIONS = [
  'wrap',
  'unwrap',
  'rewrap',
  'rotate',
  'disable',
  'enable',
  'authorize',
  'withdraw',
  'delete',
  'restore',
  'purge',
  'sync',
] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

export interface ModelKey {
  state: 'active' | 'suspended' | 'destroyed' | 'purged';
  versions: number;
  readonly isDualAuth: boolean;
  readonly expiresAt: number | undefined;
  disabledAt: number;
  deletedAt: number;
  rotatedAt: number | undefined;
  lastEventAt: number | undefined;
  authorized: { readonly by: string; readonly at: number } | undefined;
}

/** What the action of `who` at `now` has to lead to: undefined is success, and the model has changed with it. */
export function actOnModel(key: ModelKey, action: ModelAction, who: string, now: number): ErrorCode | undefined {
  const refusal = refusalOf(key, action, who, now);
  if (refusal === undefined) carryOut(key, action, who, now);
  return refusal;
}

/** 1, 2, 3 or 5 as the API shows it; undefined: there is no such key any more. */
export function shownState(key: ModelKey, now: number): number | undefined {
  if (key.state === 'purged') return undefined;
  if (key.state === 'destroyed') return 5;
  if (hasExpired(key, now)) return 3;
  return key.state === 'active' ? 1 : 2;
}

function refusalOf(key: ModelKey, action: ModelAction, who: string, now: number): ErrorCode | undefined {
  const state = shownState(key, now);
  if (state === undefined) return 'KEY_NOT_FOUND';
  if (action === 'sync') return since(key.lastEventAt, now) < HOUR ? 'TOO_EARLY' : undefined;
  if (action === 'restore') return state === 5 ? restoreRefusal(key, now) : 'KEY_STATE';
  if (action === 'purge') return state !== 5 ? 'KEY_STATE' : now - key.deletedAt < 4 * HOUR ? 'TOO_EARLY' : undefined;
  if (state === 5) return 'KEY_DELETED';
  switch (action) {
    case 'wrap':
    case 'disable':
      return state === 1 ? undefined : 'KEY_STATE';
    case 'unwrap':
    case 'rewrap':
      return state === 2 ? 'KEY_STATE' : undefined;
    case 'rotate':
      return state === 2 ? 'KEY_STATE' : since(key.rotatedAt, now) < HOUR ? 'KEY_ROTATED_TOO_SOON' : undefined;
    case 'enable':
      return state !== 2 ? 'KEY_STATE' : now - key.disabledAt < 30 * SECOND ? 'TOO_EARLY' : undefined;
    case 'authorize':
    case 'withdraw':
      return key.isDualAuth ? undefined : 'KEY_NOT_DUAL_AUTH';
    case 'delete':
      return key.isDualAuth && !hasOtherAuthorization(key, who, now) ? 'KEY_DELETION_AUTHORIZATIONS' : undefined;
  }
}

function restoreRefusal(key: ModelKey, now: number): ErrorCode | undefined {
  if (hasExpired(key, now)) return 'KEY_EXPIRED';
  if (now - key.deletedAt > 30 * DAY) return 'KEY_RESTORE_EXPIRED';
  return now - key.deletedAt < 30 * SECOND ? 'TOO_EARLY' : undefined;
}

function carryOut(key: ModelKey, action: ModelAction, who: string, now: number): void {
  switch (action) {
    case 'rotate':
      key.versions += 1;
      key.rotatedAt = now;
      break;
    case 'disable':
      key.state = 'suspended';
      key.disabledAt = now;
      break;
    case 'enable':
      key.state = 'active';
      break;
    case 'authorize':
      key.authorized = { by: who, at: now };
      return;
    case 'withdraw':
      key.authorized = undefined;
      return;
    case 'delete':
      key.state = 'destroyed';
      key.deletedAt = now;
      key.authorized = undefined;
      break;
    case 'restore':
      key.state = 'active';
      break;
    case 'purge':
      key.state = 'purged';
      return;
    case 'sync':
      break;
    default:
      return;
  }
  // Each of the others is an event that resources hear of.
  key.lastEventAt = now;
}

const hasExpired = (key: ModelKey, now: number): boolean => key.expiresAt !== undefined && key.expiresAt <= now;
const since = (instant: number | undefined, now: number): number =>
  instant === undefined ? Number.POSITIVE_INFINITY : now - instant;

function hasOtherAuthorization({ authorized }: ModelKey, who: string, now: number): boolean {
  return authorized !== undefined && authorized.by !== who && now - authorized.at < 7 * DAY;
}
