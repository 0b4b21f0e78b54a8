import type { Command } from 'commander';
import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import { createPolicyV2 } from '../../contract/policies/create-v2.ts';
import { deletePolicy } from '../../contract/policies/delete.ts';
import { getPolicyV2 } from '../../contract/policies/get-v2.ts';
import { listPolicies } from '../../contract/policies/list.ts';
import type { PolicyV2 } from '../../contract/policies/policy-v2.ts';
import { replacePolicyV2 } from '../../contract/policies/replace-v2.ts';
import type { Call } from '../call.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { ACCESS_POLICY, ACCESS_POLICY_LIST } from '../output/views.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import { changedBody, newBody } from './access-body.ts';
import { type AccessFlags, addAccessFlags } from './access-flags.ts';
import { SUBJECT_KINDS, type SubjectKind } from './policy-subjects.ts';

/** `iam user-policy-create` and its like: the access policies of users, service IDs, access groups and trusted profiles. */
export function addAccessPolicies(parts: CommandParts): void {
  for (const kind of SUBJECT_KINDS) {
    addList(parts, kind);
    addShow(parts, kind);
    addCreate(parts, kind);
    addUpdate(parts, kind);
    addDelete(parts, kind);
  }
}

const POLICY = 'c4a6bd4e-0f39-45a0-a1b7-2f8b9f5e6d70';
const onePolicy = { after: async (_call: unknown, answer: unknown) => ({ answer, view: ACCESS_POLICY }) };

function addList({ program, io }: CommandParts, kind: SubjectKind): void {
  const words = `${kind.word}-policies`;
  const command = commandAt(program, ['iam', words])
    .description(`List the access policies of ${phrase(kind)} that you may see`)
    .argument(`<${kind.argument}>`, kind.help);
  finish(command, [`iam ${words} ${kind.example}`]);
  command.action(async (written: string, flags: object) => {
    const call = openCall({ ...flags }, {}, io);
    const subject = await kind.find(call.session, written);
    const query = { type: 'access', [subject.key]: subject.value };
    const after = async (_call: unknown, answer: unknown) => ({ answer, view: ACCESS_POLICY_LIST });
    await runOperation(listPolicies as unknown as Operation, { after }, { ...call, input: { query } });
  });
}

function addShow(parts: CommandParts, kind: SubjectKind): void {
  const words = `${kind.word}-policy`;
  const command = withPolicy(parts, kind, words, `Show an access policy of ${phrase(kind)}`);
  finish(command, [`iam ${words} ${kind.example} ${POLICY}`]);
  command.action(async (written: string, id: string, flags: object) => {
    const call = openCall({ ...flags }, {}, parts.io);
    await ownPolicy(call, kind, written, id);
    const input = { params: { id }, query: { format: 'display' } };
    await runOperation(getPolicyV2 as unknown as Operation, onePolicy, { ...call, input });
  });
}

function addCreate({ program, io }: CommandParts, kind: SubjectKind): void {
  const words = `${kind.word}-policy-create`;
  const command = commandAt(program, ['iam', words])
    .description(`Give ${phrase(kind)} roles on services or on parts of them`)
    .argument(`<${kind.argument}>`, kind.help);
  addAccessFlags(command);
  finish(command, [
    `iam ${words} ${kind.example} --roles Viewer,Reader --service-name kms`,
    `iam ${words} ${kind.example} --roles Manager --service-name kms --service-instance payments-kms --key-ring payments`,
  ]);
  command.action(async (written: string, flags: AccessFlags) => {
    const call = openCall({ ...flags }, {}, io);
    const subject = await kind.find(call.session, written);
    const body = await newBody(call.session, subject, flags, io.cwd);
    await runOperation(createPolicyV2 as unknown as Operation, onePolicy, { ...call, input: { body } });
  });
}

function addUpdate(parts: CommandParts, kind: SubjectKind): void {
  const words = `${kind.word}-policy-update`;
  const command = withPolicy(parts, kind, words, `Change the roles of an access policy of ${phrase(kind)}, or what it is about`);
  addAccessFlags(command);
  finish(command, [`iam ${words} ${kind.example} ${POLICY} --roles Writer`]);
  command.action(async (written: string, id: string, flags: AccessFlags) => {
    const call = openCall({ ...flags }, {}, parts.io);
    const policy = await ownPolicy(call, kind, written, id);
    const body = await changedBody(call.session, policy, flags, parts.io.cwd);
    const input = { params: { id }, headers: { 'if-match': '*' }, body };
    await runOperation(replacePolicyV2 as unknown as Operation, onePolicy, { ...call, input });
  });
}

function addDelete(parts: CommandParts, kind: SubjectKind): void {
  const words = `${kind.word}-policy-delete`;
  const command = withPolicy(parts, kind, words, `Delete an access policy of ${phrase(kind)}`);
  command.option('-f, --force', 'accepted; nobody is asked here');
  finish(command, [`iam ${words} ${kind.example} ${POLICY}`]);
  command.action(async (written: string, id: string, flags: object) => {
    const call = openCall({ ...flags }, {}, parts.io);
    await ownPolicy(call, kind, written, id);
    const done = { done: 'The policy is deleted.' };
    await runOperation(deletePolicy as unknown as Operation, done, { ...call, input: { params: { id } } });
  });
}

/** Throws POLICY_NOT_FOUND unless it is a policy of that subject: a mistyped id must not hit somebody else. */
async function ownPolicy({ session }: Call, kind: SubjectKind, written: string, id: string): Promise<PolicyV2> {
  const subject = await kind.find(session, written);
  const policy = await session.client.call(getPolicyV2, { params: { id }, query: {} });
  const isTheirs = policy.subject.attributes.some(({ key, value }) => key === subject.key && value === subject.value);
  if (isTheirs) return policy;
  throw new RootwardError('POLICY_NOT_FOUND', {
    message: `${written} has no policy ${id}.`,
    hint: `List them: rootward iam ${kind.word}-policies ${written}`,
  });
}

function withPolicy({ program }: CommandParts, kind: SubjectKind, words: string, description: string): Command {
  return commandAt(program, ['iam', words])
    .description(description)
    .argument(`<${kind.argument}>`, kind.help)
    .argument('<policy-id>', 'id of the policy');
}

function finish(command: Command, examples: readonly string[]): void {
  addServerFlags(addOutputFlags(command));
  addExamples(command, examples);
}

function phrase({ word }: SubjectKind): string {
  if (word === 'service') return 'a service ID';
  return word.startsWith('a') ? `an ${word.replace('-', ' ')}` : `a ${word.replace('-', ' ')}`;
}
