import { createHmac } from 'node:crypto';
import type { ShownInvitation } from '../../../contract/invitations/invitation.ts';
import type { Barrier } from '../../../crypto/barrier.ts';
import { deleteInvitationsOf, type InvitationRow, insertInvitation } from '../../../store/iam/invitations.ts';
import type { Tx } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';
import type { IdSource } from '../iam-deps.ts';

const LIFE_MS = 7 * 86_400_000;
const TOKEN_BYTES = 33;
const PREFIX = 'rwi_';

export interface InvitationMaking extends IdSource {
  readonly barrier: Barrier;
}

export interface Invited {
  readonly accountId: string;
  readonly iamId: string;
  readonly email: string;
  readonly by: string;
  readonly now: number;
}

/** Invites somebody, or anew: of several tokens only the newest counts. It cannot be read again. */
export async function createInvitation(tx: Tx, deps: InvitationMaking, invited: Invited): Promise<ShownInvitation> {
  await deleteInvitationsOf(tx, invited.accountId, invited.iamId);
  const token = PREFIX + deps.randomBytes(TOKEN_BYTES).toString('base64url');
  const row: InvitationRow = {
    id: deps.newId(),
    account_id: invited.accountId,
    iam_id: invited.iamId,
    email: invited.email,
    token_hash: hashInvitationToken(deps.barrier, token),
    expires_at: invited.now + LIFE_MS,
    created_at: invited.now,
    created_by: invited.by,
  };
  await insertInvitation(tx, row);
  return { id: row.id, token, expires_at: formatInstant(row.expires_at) };
}

/** What is stored of a token: without the barrier key nobody can test a guess against it. */
export function hashInvitationToken(barrier: Barrier, token: string): Buffer {
  return createHmac('sha256', barrier.deriveKey('invitation-hash')).update(token, 'utf8').digest();
}
