import { getAccount } from '../../contract/accounts/get.ts';
import { RootwardError } from '../../contract/errors.ts';
import { getGroup } from '../../contract/groups/get.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import type { Io } from '../io.ts';
import { type Format, parseFormat, printAnswer } from '../output/print.ts';
import { show } from '../output/view.ts';
import { keepLogin, loginFile, nameOf, readKeptLogin } from '../session/kept-login.ts';
import { withLock } from '../session/login-lock.ts';
import { readPreferences } from '../session/preferences.ts';
import { openSession, type Session } from '../session/session.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import { groupByName } from '../tree/names.ts';

interface TargetFlags extends Readonly<Record<string, unknown>> {
  readonly url?: string;
  readonly apiKeyFile?: string;
  readonly resourceGroup?: string;
  readonly output?: string;
}

const TARGET = show.page([
  show.field('API endpoint', 'url'),
  show.field('User', 'user'),
  show.field('Account', 'account'),
  show.field('Account ID', 'account_id'),
  show.field('Resource group', 'resource_group'),
  show.field('Resource group ID', 'resource_group_id'),
  show.field('Region', 'region'),
]);

/** `target`: where commands go, and as whom. */
export function addTarget({ program, io }: CommandParts): void {
  const command = commandAt(program, ['target'])
    .description('Show which account, resource group and region commands are about, or choose a resource group')
    .option('-g, --resource-group <group>', 'choose this resource group, by name or id, until the next login');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['target', 'target -g payments', 'target --output json']);
  command.action(async (flags: TargetFlags) => {
    if (flags.resourceGroup !== undefined) await chooseGroup(io, flags, flags.resourceGroup);
    await showTarget(io, openSession(flags, io), parseFormat(flags.output ?? 'table'));
  });
}

async function chooseGroup(io: Io, flags: TargetFlags, written: string): Promise<void> {
  const { client, kept } = openSession(flags, io);
  if (!kept) {
    throw new RootwardError('NOT_LOGGED_IN', {
      message: 'A resource group is chosen for a login, and an API key is none.',
      hint: 'rootward login',
    });
  }
  const { id } = await client.call(getGroup, { params: { id: await groupByName(client, written) } });
  await withLock(loginFile(io.env), async () => {
    const login = readKeptLogin(io.env);
    if (login) keepLogin(io.env, { ...login, resourceGroupId: id });
  });
}

/** Prints where commands go. */
export async function showTarget(io: Io, session: Session, format: Format): Promise<void> {
  const chosen = await session.account();
  const account = await session.client.call(getAccount, { params: { id: chosen.id } });
  const group = await session.client.call(getGroup, { params: { id: chosen.resourceGroupId } });
  const { region } = readPreferences(io.env);
  const answer = {
    url: session.url,
    user: session.kept ? nameOf(session.kept) : 'an API key',
    ...(session.kept?.profile && { trusted_profile: session.kept.profile }),
    account: account.name,
    account_id: account.id,
    resource_group: group.name,
    resource_group_id: group.id,
    region: region ?? 'none chosen (rootward kp region-set)',
  };
  await printAnswer(answer, TARGET, format, io);
}
