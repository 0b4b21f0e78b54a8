import { parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { WantedIdentity } from '../../../contract/trusted-profiles/identity.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import type { ProfileIdentityRow } from '../../../store/iam/trusted-profiles.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';

/** How the store names an identity: a service ID by its IAM id, whichever of its two names was given. */
export function storedIdentifier(type: ProfileIdentityRow['type'], identifier: string): string {
  return type === 'serviceid' && identifier.startsWith('ServiceId-') ? SERVICE_ID_PREFIX + identifier : identifier;
}

/**
 * Says what is wrong with an identity that is to act as a profile of `accountId`: somebody who does not exist would be whoever gets
 * that id later, and who acts from another account has rights there that nobody here knows of.
 */
export async function refuseIdentity(
  db: Db,
  accountId: string,
  { type, identifier, accounts = [] }: WantedIdentity,
  field: string,
): Promise<RootwardError | undefined> {
  if (accounts.some((id) => id !== accountId)) {
    return new RootwardError('NOT_SUPPORTED', {
      message: `Field ${field}accounts is not supported here: people act as a trusted profile from its own account.`,
      target: { type: 'field', name: `${field}accounts` },
    });
  }
  if (await isThere(db, accountId, type, storedIdentifier(type, identifier))) return undefined;
  const what = { user: 'a user', serviceid: 'a service ID', crn: 'the CRN of an instance' }[type];
  return new RootwardError('INVALID_FIELD', {
    message: `Field ${field}identifier is not ${what} of this account.`,
    target: { type: 'field', name: `${field}identifier` },
  });
}

async function isThere(db: Db, accountId: string, type: ProfileIdentityRow['type'], identifier: string): Promise<boolean> {
  if (type === 'user') return (await findUser(db, accountId, identifier)) !== undefined;
  if (type === 'crn') {
    const crn = parseCrn(identifier);
    return crn?.accountId === accountId && crn.instance !== '';
  }
  return (await findServiceId(db, accountId, identifier.slice(SERVICE_ID_PREFIX.length)))?.iam_id === identifier;
}
