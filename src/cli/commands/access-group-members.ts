import type { Command } from 'commander';
import { addMembers } from '../../contract/access-groups/add-members.ts';
import { listMembers } from '../../contract/access-groups/list-members.ts';
import type { MemberResult, MemberType } from '../../contract/access-groups/member.ts';
import { removeMembers } from '../../contract/access-groups/remove-members.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import type { Call } from '../call.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { IDENTITY_EXTENSIONS } from '../extensions/identities.ts';
import { accessGroupByName, profileByName, serviceIdByName, userByEmail } from '../identity-names.ts';
import { printAnswer } from '../output/print.ts';
import { VIEWS } from '../output/views.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

type Flags = Readonly<Record<string, unknown>>;

/** What members of one kind are called, and how one is found. */
interface Kind {
  readonly type: MemberType;
  readonly word: string;
  readonly plural: string;
  readonly argument: string;
  readonly text: string;
  readonly example: string;
  readonly find: (call: Call, text: string) => Promise<string>;
}

const KINDS: readonly Kind[] = [
  {
    type: 'user',
    word: 'user',
    plural: 'users',
    argument: '<user...>',
    text: 'users',
    example: 'ada@example.com',
    find: async ({ session }, text) => userByEmail(session.client, (await session.account()).id, text),
  },
  {
    type: 'service',
    word: 'service-id',
    plural: 'service-ids',
    argument: '<service-id...>',
    text: 'service IDs',
    example: 'payments-backup',
    find: async ({ session }, text) => `iam-${await serviceIdByName(session.client, text)}`,
  },
  {
    type: 'profile',
    word: 'trusted-profile',
    plural: 'trusted-profiles',
    argument: '<profile...>',
    text: 'trusted profiles',
    example: 'break-glass',
    find: async ({ session }, text) => `iam-${await profileByName(session.client, text)}`,
  },
];

/** `iam access-group-users`, `-user-add`, `-user-remove`, and the same for service IDs and trusted profiles. */
export function addAccessGroupMembers(parts: CommandParts): void {
  for (const kind of KINDS) {
    addList(parts, kind);
    addAdd(parts, kind);
    addRemove(parts, kind);
  }
}

function addList({ program, io }: CommandParts, { type, plural, text }: Kind): void {
  const word = `access-group-${plural}`;
  const command = begin(program, word, `List the ${text} of an access group`, 'operators').argument('<group>');
  command.action(async (group: string, flags: Flags) => {
    const call = await openOnGroup(flags, group, io);
    call.input.query = { type, verbose: true };
    await runOperation(listMembers as unknown as Operation, IDENTITY_EXTENSIONS['access-groups.list-members'] ?? {}, call);
  });
}

function addAdd({ program, io }: CommandParts, { type, word, text, argument, example, find }: Kind): void {
  const summary = `Add ${text} to an access group`;
  const command = begin(program, `access-group-${word}-add`, summary, `operators ${example}`);
  command.argument('<group>').argument(argument);
  command.action(async (group: string, names: readonly string[], flags: Flags) => {
    const call = await openOnGroup(flags, group, io);
    const members: { iam_id: string; type: MemberType }[] = [];
    for (const name of names) members.push({ iam_id: await find(call, name), type });
    const { id } = call.input.params as { id: string };
    await show(call, (await call.session.client.call(addMembers, { params: { id }, body: { members } })).members);
  });
}

function addRemove({ program, io }: CommandParts, { word, text, argument, example, find }: Kind): void {
  const summary = `Remove ${text} from an access group`;
  const command = begin(program, `access-group-${word}-remove`, summary, `operators ${example}`);
  command.argument('<group>').argument(argument).option('-f, --force', 'accepted; nobody is asked here');
  command.action(async (group: string, names: readonly string[], flags: Flags) => {
    const call = await openOnGroup(flags, group, io);
    const members: string[] = [];
    for (const name of names) members.push(await find(call, name));
    const { id } = call.input.params as { id: string };
    await show(call, (await call.session.client.call(removeMembers, { params: { id }, body: { members } })).members);
  });
}

/** Shows what became of each, and fails if one of them failed. */
async function show({ io, format }: Call, members: readonly MemberResult[]): Promise<void> {
  await printAnswer({ members }, VIEWS['access-groups.add-members'], format, io);
  const wrong = members.flatMap(({ errors = [] }) => errors.map(({ message }) => message));
  if (wrong.length > 0) throw new RootwardError('IAM_NOT_FOUND', { message: wrong.join(' ') });
}

function begin(program: Command, word: string, summary: string, example: string): Command {
  const command = commandAt(program, ['iam', word]).description(summary);
  addServerFlags(addOutputFlags(command));
  addExamples(command, [`iam ${word} ${example}`]);
  return command;
}

async function openOnGroup(flags: Flags, group: string, io: CommandParts['io']): Promise<Call> {
  const call = openCall(flags, {}, io);
  call.input.params = { id: await accessGroupByName(call.session.client, group) };
  return call;
}
