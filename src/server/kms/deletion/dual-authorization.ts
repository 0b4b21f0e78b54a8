import { RootwardError } from '../../../contract/errors.ts';
import { listKeyPolicies } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';
import type { LifecycleConfig } from '../../lifecycle.ts';

export interface DeletionAuthorization {
  readonly authID: string;
  /** RFC 3339. */
  readonly authExpiration: string;
}

export async function isDualAuth(tx: Tx, key: KeyRow): Promise<boolean> {
  return (await listKeyPolicies(tx, key.id)).some(({ type, enabled }) => type === 'dualAuthDelete' && enabled === 1);
}

/** The authorization that holds at `now`: one that has lapsed is none, whether or not it was swept away yet. */
export function deletionAuthorization(key: KeyRow, now: number, lifecycle: LifecycleConfig): DeletionAuthorization | undefined {
  const { deletion_authorized_by: authID, deletion_authorized_at: at } = key;
  if (authID === null || at === null) return undefined;
  const until = at + lifecycle.deletionAuthorizationSeconds * 1000;
  return until > now ? { authID, authExpiration: formatInstant(until) } : undefined;
}

/**
 * Throws KEY_DELETION_AUTHORIZATIONS unless the key may be deleted by `iamId`: one with dual authorization needs that somebody else has
 * agreed before, not too long ago. Nothing overrides this.
 */
export async function requireOtherAuthorization(
  tx: Tx,
  key: KeyRow,
  iamId: string,
  now: number,
  lifecycle: LifecycleConfig,
): Promise<void> {
  if (!(await isDualAuth(tx, key))) return;
  const authorization = deletionAuthorization(key, now, lifecycle);
  if (authorization && authorization.authID !== iamId) return;
  throw new RootwardError('KEY_DELETION_AUTHORIZATIONS', {
    message: authorization
      ? 'This key is deleted by two people: the 1 prior authorization that it needs must be by somebody else than who deletes it.'
      : 'This key is deleted by two people: 1 prior authorization by somebody else is required.',
    hint: 'Somebody else authorizes the deletion first: rootward kp key schedule-delete.',
  });
}
