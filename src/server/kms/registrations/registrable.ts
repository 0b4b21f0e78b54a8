import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { findKeyVersion, type KeyRow } from '../../../store/kms/keys.ts';
import type { RegistrationRow } from '../../../store/kms/registrations.ts';
import type { Tx } from '../../../store/store.ts';
import { currentKey } from '../keys/change-key.ts';
import type { ResolvedKey } from '../keys/resolve-key.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** The key as the transaction sees it. Only an Active root key takes registrations and changes of them. */
export async function registrableKey(
  deps: Pick<KmsDeps, 'keyRows'>,
  tx: Tx,
  resolved: ResolvedKey,
  now: number,
): Promise<KeyRow> {
  const current = await currentKey(deps, tx, resolved);
  if (current.extractable === 1) throw new RootwardError('REGISTRATION_ROOT_REQUIRED');
  if (effectiveState(current, now) !== KEY_STATE.active) throw new RootwardError('REGISTRATION_KEY_STATE');
  return current;
}

/**
 * The version that a registration names: the newest one unless another is asked for. A registration never goes back to an older
 * version than the one on record; throws REGISTRATION_KEY_VERSION.
 */
export async function registeredVersion(
  tx: Tx,
  key: KeyRow,
  asked: string | undefined,
  before: RegistrationRow | undefined,
): Promise<string> {
  const id = asked ?? key.current_version_id;
  const version = await findKeyVersion(tx, key.id, id);
  const recorded = before?.active === 1 ? await findKeyVersion(tx, key.id, before.key_version_id) : undefined;
  if (version && version.number >= (recorded?.number ?? 0)) return id;
  throw new RootwardError('REGISTRATION_KEY_VERSION', { target: { type: 'field', name: 'keyVersionId' } });
}
