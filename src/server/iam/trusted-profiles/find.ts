import { RootwardError } from '../../../contract/errors.ts';
import { findProfileById, type TrustedProfileRow } from '../../../store/iam/trusted-profiles.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { Call, Resolved } from '../../handler.ts';
import type { Target } from '../../target.ts';
import { refuseActingAs } from '../act-as.ts';
import type { IamDeps } from '../iam-deps.ts';

/** The trusted profiles of an account. */
export function profilesTarget(accountId: string): Target {
  return { serviceName: 'iam-identity', accountId, resourceType: 'profile' };
}

/** A trusted profile, as a policy may name it. */
export function targetOfProfile(row: TrustedProfileRow): Target {
  return { ...profilesTarget(row.account_id), resource: row.id, name: row.name };
}

/** The profile with this id or identity. */
export async function resolveProfile(db: Db, accountId: string, idOrIamId: string): Promise<Resolved<TrustedProfileRow>> {
  const id = idOrIamId.startsWith('iam-') ? idOrIamId.slice('iam-'.length) : idOrIamId;
  const row = await findProfileById(db, accountId, id);
  if (row) return { target: targetOfProfile(row), record: row };
  return { target: { ...profilesTarget(accountId), resource: id }, missing: profileUnknown() };
}

/** The same for a call that lets somebody act as the profile: the caller needs all that it may do. */
export async function resolveToActAs(
  deps: IamDeps,
  { principal }: Pick<Call<Record<never, never>>, 'principal'>,
  id: string,
): Promise<Resolved<TrustedProfileRow>> {
  const found = await resolveProfile(deps.store.db, principal.accountId, id);
  if (found.missing) return found;
  const missing = await refuseActingAs(deps, principal, principal.accountId, found.record.iam_id);
  return missing ? { target: found.target, missing } : found;
}

/** The profile as it is in this transaction. Throws IAM_NOT_FOUND if it is gone by now. */
export async function currentProfile(tx: Tx, found: Pick<TrustedProfileRow, 'account_id' | 'id'>): Promise<TrustedProfileRow> {
  const row = await findProfileById(tx, found.account_id, found.id);
  if (!row) throw profileUnknown();
  return row;
}

function profileUnknown(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The trusted profile does not exist.' });
}

/** What the audit record says of a profile. */
export function profileFacts(row: TrustedProfileRow, more: Readonly<Record<string, unknown>> = {}) {
  return { requestData: { accountId: row.account_id, ...more }, responseData: { profileId: row.id, profileName: row.name } };
}
