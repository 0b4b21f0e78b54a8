import { inviteUsers } from '../../contract/users/invite.ts';
import { removeUser } from '../../contract/users/remove.ts';
import { updateUser } from '../../contract/users/update.ts';
import { INVITED_USERS } from '../../contract/views/user-columns.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { confirm } from '../confirm.ts';
import { printAnswer } from '../output/print.ts';
import type { View } from '../output/view.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import { userByName } from './user-by-name.ts';

type Flags = Readonly<Record<string, unknown>>;

const INVITED: View = { columns: INVITED_USERS as View['columns'], items: 'resources' };

/** `account user-invite`, `user-remove`, `user-disable` and `user-enable`. */
export function addAccountUsers(parts: CommandParts): void {
  addInvite(parts);
  addRemove(parts);
  addSetState(parts, 'user-disable', 'DISABLED', 'Shut a user out at once: logins end, API keys are disabled');
  addSetState(parts, 'user-enable', 'ACTIVE', 'Let a disabled user log in again; API keys stay disabled');
}

function addInvite({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'user-invite'])
    .description('Invite people; the token that each accepts with is shown this one time, and no mail is sent')
    .argument('<email...>', 'their e-mail addresses')
    .option('--access-groups <ids>', 'comma list of access groups that they are to be in');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'account user-invite ada@example.com',
    'account user-invite ada@example.com bob@example.com --access-groups AccessGroupId-2f1d0c9b-8a7e-4d6c-b5a4-938271605f4e',
  ]);
  command.action(async (emails: readonly string[], flags: Flags & { readonly accessGroups?: string }) => {
    const { session, format, quiet } = openCall(flags, {}, io);
    const account_id = (await session.account()).id;
    const users = emails.map((email) => ({ email }));
    const access_groups = flags.accessGroups?.split(',').map((id) => id.trim());
    const body = { users, ...(access_groups && { access_groups }) };
    await printAnswer(await session.client.call(inviteUsers, { params: { account_id }, body }), INVITED, format, io);
    if (!quiet) io.err(`Who is invited accepts with: rootward account invitation-accept --url ${session.url}\n`);
  });
}

function addRemove({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'user-remove'])
    .description(removeUser.summary)
    .argument('<user>', 'e-mail address or IAM id')
    .option('-f, --force', 'do it without being asked');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['account user-remove ada@example.com', 'account user-remove ada@example.com --force']);
  command.action(async (user: string, flags: Flags) => {
    const { session, quiet } = openCall(flags, {}, io);
    const account_id = (await session.account()).id;
    const iam_id = await userByName(session.client, account_id, user);
    const would = `${user} would be no user of the account any more: API keys, policies and group memberships there would be gone for good.`;
    await confirm(io, flags.force, would);
    await session.client.call(removeUser, { params: { account_id, iam_id } });
    if (!quiet) io.err('The user is removed.\n');
  });
}

function addSetState({ program, io }: CommandParts, word: string, state: 'ACTIVE' | 'DISABLED', summary: string): void {
  const command = commandAt(program, ['account', word]).description(summary).argument('<user>', 'e-mail address or IAM id');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [`account ${word} ada@example.com`]);
  command.action(async (user: string, flags: Flags) => {
    const { session, quiet } = openCall(flags, {}, io);
    const account_id = (await session.account()).id;
    const iam_id = await userByName(session.client, account_id, user);
    await session.client.call(updateUser, { params: { account_id, iam_id }, body: { state } });
    if (!quiet) io.err(state === 'ACTIVE' ? 'The user is enabled.\n' : 'The user is disabled.\n');
  });
}
