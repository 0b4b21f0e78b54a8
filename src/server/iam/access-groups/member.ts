import type { GroupResult, Member, MemberResult, MemberType } from '../../../contract/access-groups/member.ts';
import type { AccessGroupMemberRow } from '../../../store/iam/access-groups.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import { findProfileByIamId } from '../../../store/iam/trusted-profiles.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';

/** What ids of members begin with. Users have whatever prefix their realm gives them. */
export const SERVICE_MEMBERS = 'iam-ServiceId-';
export const PROFILE_MEMBERS = 'iam-Profile-';
/** That of both. */
export const PROGRAM_MEMBERS = 'iam-';

export function memberType(iamId: string): MemberType {
  if (iamId.startsWith(SERVICE_MEMBERS)) return 'service';
  return iamId.startsWith(PROFILE_MEMBERS) ? 'profile' : 'user';
}

export interface Identity {
  readonly name: string;
  readonly email?: string;
  readonly description?: string;
}

/** A user, service ID or trusted profile of the account by its IAM id; undefined: there is none. */
export async function findIdentity(db: Db, accountId: string, iamId: string): Promise<Identity | undefined> {
  const type = memberType(iamId);
  if (type === 'user') return findUser(db, accountId, iamId);
  const found =
    type === 'service'
      ? await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length))
      : await findProfileByIamId(db, accountId, iamId);
  return found && { name: found.name, ...(found.description !== null && { description: found.description }) };
}

export function presentMember(row: AccessGroupMemberRow, origin: string, identity: Identity | undefined): Member {
  return {
    iam_id: row.iam_id,
    type: memberType(row.iam_id),
    membership_type: 'static',
    ...(identity && { name: identity.name }),
    ...(identity?.email !== undefined && { email: identity.email }),
    ...(identity?.description !== undefined && { description: identity.description }),
    href: `${origin}/v2/groups/${row.group_id}/members/${encodeURIComponent(row.iam_id)}`,
    created_at: formatInstant(row.created_at),
    created_by_id: row.created_by,
  };
}

/** What became of one of several. */
export type Each = Pick<MemberResult & GroupResult, 'status_code' | 'trace' | 'errors'>;

export function failed(trace: string, status: number, code: string, message: string): Each {
  return { status_code: status, trace, errors: [{ code, message }] };
}
