import { RootwardError } from '../../../contract/errors.ts';
import type { Barrier } from '../../../crypto/barrier.ts';
import { findInvitationByToken, type InvitationRow } from '../../../store/iam/invitations.ts';
import { findPerson, type PersonRow } from '../../../store/iam/people.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import { hashInvitationToken } from './new-invitation.ts';

export interface OpenInvitation {
  readonly row: InvitationRow;
  readonly person: PersonRow;
}

/** The invitation that a token opens, while it is open. */
export async function findOpenInvitation(
  db: Db,
  barrier: Barrier,
  token: string,
  now: number,
): Promise<OpenInvitation | undefined> {
  const row = await findInvitationByToken(db, hashInvitationToken(barrier, token));
  if (!row || row.expires_at <= now) return undefined;
  const user = await findUser(db, row.account_id, row.iam_id);
  const person = await findPerson(db, row.iam_id);
  return user?.state === 'PENDING' && person ? { row, person } : undefined;
}

/** Unknown, used and expired ones look alike. */
export function noInvitation(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', {
    message: 'The invitation is not valid, was used, or has expired.',
    hint: 'Whoever invited you can make a new token: rootward account invitation-renew.',
  });
}
