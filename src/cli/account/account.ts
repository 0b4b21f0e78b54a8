import type { Client } from '../../client/client.ts';
import { getAccount } from '../../contract/accounts/get.ts';
import { updateAccount } from '../../contract/accounts/update.ts';
import { RootwardError } from '../../contract/errors.ts';
import { ACCOUNT_PAGE } from '../../contract/views/user-columns.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { printAnswer } from '../output/print.ts';
import type { View } from '../output/view.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import { userByName } from './user-by-name.ts';

const PAGE: View = { columns: ACCOUNT_PAGE as View['columns'], single: true };

interface UpdateFlags extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly owner?: string;
  readonly force?: boolean;
}

/** `account show` and `account update`, of the account that one is logged in to. */
export function addAccount(parts: CommandParts): void {
  addShow(parts);
  addUpdate(parts);
}

function addShow({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'show']).description(getAccount.summary);
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['account show', 'account show --output json']);
  command.action(async (flags: Readonly<Record<string, unknown>>) => {
    const { session, format } = openCall(flags, {}, io);
    const { id } = await session.account();
    await printAnswer(await session.client.call(getAccount, { params: { id } }), PAGE, format, io);
  });
}

function addUpdate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'update'])
    .description(updateAccount.summary)
    .option('-n, --name <name>', 'what the account is called from now on')
    .option('--owner <user>', 'hand the account over to this active user, by e-mail address or IAM id')
    .option('-f, --force', 'hand it over without being asked');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['account update -n payments', 'account update --owner ada@example.com --force']);
  command.action(async (flags: UpdateFlags) => {
    const { name, owner, force } = flags;
    if (name === undefined && owner === undefined) {
      throw new RootwardError('USAGE', { message: 'Say what to change: --name or --owner.' });
    }
    const { session, format } = openCall(flags, {}, io);
    const { id } = await session.account();
    const owner_iam_id = owner && (await userByName(session.client, id, owner));
    if (owner !== undefined && !force) await confirmHandover(session.client, io, id, owner);
    const body = { ...(name !== undefined && { name }), ...(owner_iam_id && { owner_iam_id }) };
    await printAnswer(await session.client.call(updateAccount, { params: { id }, body }), PAGE, format, io);
  });
}

async function confirmHandover(client: Client, io: Io, id: string, owner: string): Promise<void> {
  const { name } = await client.call(getAccount, { params: { id } });
  const would = `The account ${name} would belong to ${owner}. You would keep only what policies give you, and could not take it back.`;
  await confirm(io, false, would, 'Give yourself what you need first (rootward iam user-policy-create).');
}
