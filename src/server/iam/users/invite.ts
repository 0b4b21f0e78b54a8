import { RootwardError } from '../../../contract/errors.ts';
import { type InvitedUser, inviteUsers } from '../../../contract/users/invite.ts';
import { findLocalPersonByEmail } from '../../../store/iam/people.ts';
import { findUser, insertUser } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import { type Call, type Handler, handle } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { refuseActingAs } from '../act-as.ts';
import type { IamDeps } from '../iam-deps.ts';
import { createInvitation } from '../invitations/new-invitation.ts';
import { ownAccount } from '../own-account.ts';
import { checkEmail } from '../people/email.ts';
import { findOrAddPerson } from '../people/new-person.ts';
import { giveRights, type InvitedRights, invitedRights } from './invited-rights.ts';
import { refuseOwner } from './owner.ts';
import { usersOf } from './target.ts';

interface Wanted {
  readonly accountId: string;
  readonly emails: readonly string[];
  readonly rights: InvitedRights;
}

/**
 * Makes people users who have yet to accept. An e-mail address is only what somebody claims to be known by, and no mail is sent, so
 * that everybody accepts with a token, also who is known here: the inviter gets it and hands it to whom he means.
 */
export function inviteUsersHandler(deps: IamDeps): Handler {
  return handle(inviteUsers, {
    async resolve({ principal, input: { params, body } }) {
      const accountId = ownAccount(principal, params.account_id);
      const emails = body.users.map(({ email, account_role }, index) => {
        checkAccountRole(account_role, `users.${index}.account_role`);
        return checkEmail(email, `users.${index}.email`);
      });
      if (new Set(emails).size < emails.length) throw invalid('users', 'an e-mail address is given twice');
      const target = usersOf(accountId);
      const rights = await invitedRights(deps, principal, body);
      if (rights instanceof RootwardError) return { target, missing: rights };
      const missing = await refuseInvited(deps, principal, emails);
      return missing ? { target, missing } : { target, record: { accountId, emails, rights } };
    },
    async change(call, wanted: Wanted, tx) {
      const resources: InvitedUser[] = [];
      for (const email of wanted.emails) resources.push(await invite(deps, call, tx, wanted, email));
      const email = wanted.emails.join(' ');
      const roles = wanted.rights.policies.flatMap(({ document }) => document.roles);
      const accessGroups = wanted.rights.groups;
      const ids = { iamId: resources.map(({ id }) => id), invitationId: resources.map(({ invitation }) => invitation.id) };
      return { output: { resources }, audit: { requestData: { email, roles, accessGroups }, responseData: ids } };
    },
  });
}

async function invite(
  deps: IamDeps,
  { principal, now }: Pick<Call<typeof inviteUsers.input>, 'principal' | 'now'>,
  tx: Tx,
  { accountId, rights }: Wanted,
  email: string,
): Promise<InvitedUser> {
  const { iam_id: iamId } = await findOrAddPerson(tx, deps, email, now);
  const user = await findUser(tx, accountId, iamId);
  if (user && user.state !== 'PENDING') throw userExists(email);
  await refuseOwner(tx, accountId, iamId);
  const membership = { account_id: accountId, iam_id: iamId, state: 'PENDING' as const };
  if (!user) await insertUser(tx, { ...membership, added_at: now, added_by: principal.iamId });
  await giveRights(deps, { principal, now }, tx, iamId, rights);
  const invitation = await createInvitation(tx, deps, { accountId, iamId, email, by: principal.iamId, now });
  return { email, id: iamId, state: 'PENDING', invitation };
}

/** Who is invited again gets another token, with which somebody becomes him. */
async function refuseInvited(deps: IamDeps, principal: Principal, emails: readonly string[]): Promise<RootwardError | undefined> {
  const { db } = deps.store;
  for (const email of emails) {
    const person = await findLocalPersonByEmail(db, email);
    const user = person && (await findUser(db, principal.accountId, person.iam_id));
    if (!user) continue;
    if (user.state !== 'PENDING') return userExists(email);
    const refusal = await refuseActingAs(deps, principal, principal.accountId, user.iam_id);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Rights come from policies and groups, so there is one role only. */
function checkAccountRole(role: string | undefined, field: string): void {
  if (role === undefined || role === '' || role.toLowerCase() === 'member') return;
  throw invalid(field, 'there is no account role but Member');
}

function userExists(email: string): RootwardError {
  return new RootwardError('USER_EXISTS', { message: `${email} is a user of the account already.` });
}

function invalid(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${name}: ${why}.`, target: { type: 'field', name } });
}
