import type { Invitation } from '../../../contract/invitations/invitation.ts';
import type { InvitationRow } from '../../../store/iam/invitations.ts';
import { formatInstant } from '../../instant.ts';

export function presentInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    account_id: row.account_id,
    iam_id: row.iam_id,
    email: row.email,
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    expires_at: formatInstant(row.expires_at),
  };
}
