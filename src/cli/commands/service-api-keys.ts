import type { Command } from 'commander';
import { createApiKey } from '../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../contract/api-keys/delete.ts';
import { getApiKey } from '../../contract/api-keys/get.ts';
import { listApiKeys } from '../../contract/api-keys/list.ts';
import { lockApiKey } from '../../contract/api-keys/lock.ts';
import { rotateApiKey } from '../../contract/api-keys/rotate.ts';
import { unlockApiKey } from '../../contract/api-keys/unlock.ts';
import { updateApiKey } from '../../contract/api-keys/update.ts';
import type { Operation } from '../../contract/operation.ts';
import type { Call, Extension } from '../call.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { confirm } from '../confirm.ts';
import { IDENTITY_EXTENSIONS } from '../extensions/identities.ts';
import { apiKeyByName, serviceIdByName } from '../identity-names.ts';
import { KEY_FILE_FLAG } from '../key-file.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

type Flags = Readonly<Record<string, unknown>>;
const SERVICE = 'payments-backup';

/** `iam service-api-key…`: the same operations as for one's own keys, with the service ID named beside the key. */
export function addServiceApiKeys(parts: CommandParts): void {
  addList(parts);
  addCreate(parts);
  addOne(parts, 'service-api-key', getApiKey, 'Show an API key of a service ID, without its secret');
  addUpdate(parts);
  addOne(parts, 'service-api-key-delete', deleteApiKey, 'Delete an API key of a service ID; its tokens stop working at once');
  addOne(parts, 'service-api-key-lock', lockApiKey, 'Lock an API key of a service ID');
  addOne(parts, 'service-api-key-unlock', unlockApiKey, 'Unlock an API key of a service ID');
  addRotate(parts);
}

function addList({ program, io }: CommandParts): void {
  const command = begin(program, 'service-api-keys', 'List the API keys of a service ID', SERVICE).argument('<service-id>');
  command.action(async (service: string, flags: Flags) => {
    const call = openCall(flags, {}, io);
    call.input.query = { iam_id: await iamIdOf(call, service) };
    await run(listApiKeys, call);
  });
}

function addCreate({ program, io }: CommandParts): void {
  const summary = 'Create an API key for a service ID; its secret is shown this one time';
  const command = begin(program, 'service-api-key-create', summary, `nightly ${SERVICE} --file key.json`)
    .argument('<name>')
    .argument('<service-id>')
    .option('-d, --description <text>', 'what the key is for')
    .option('--expires-at <instant>', 'when it ends (RFC 3339); never if absent')
    .option('--lock', 'lock it from the start');
  withFile(command).action(async (name: string, service: string, flags: Flags) => {
    const call = openCall(flags, {}, io);
    const body = { name, description: flags.description, expires_at: flags.expiresAt, iam_id: await iamIdOf(call, service) };
    call.input.body = body;
    await run(createApiKey, call);
  });
}

function addUpdate({ program, io }: CommandParts): void {
  const command = onKey(program, 'service-api-key-update', 'Change an API key of a service ID', ' -n nightly-2')
    .option('-n, --name <name>', 'new name')
    .option('-d, --description <text>', 'new description; empty takes it away');
  command.action(async (key: string, service: string, flags: Flags) => {
    const call = await openOnKey(flags, key, service, io);
    call.input.body = { name: flags.name, description: flags.description };
    await run(updateApiKey, call);
  });
}

function addRotate({ program, io }: CommandParts): void {
  const summary = 'Give an API key of a service ID a new secret, shown this one time';
  const command = onKey(program, 'service-api-key-rotate', summary, ' --grace-seconds 86400').option(
    '--grace-seconds <seconds>',
    'how long the old secret goes on, up to a week; 0 if absent',
  );
  withFile(command).action(async (key: string, service: string, flags: Flags) => {
    const call = await openOnKey(flags, key, service, io);
    if (flags.graceSeconds !== undefined) call.input.body = { grace_seconds: Number(flags.graceSeconds) };
    await run(rotateApiKey, call);
  });
}

/** A command that needs no more than the key. */
function addOne({ program, io }: CommandParts, word: string, operation: { readonly name: string }, summary: string): void {
  const command = onKey(program, word, summary);
  const destroys = word.endsWith('-delete');
  if (destroys) command.option('-f, --force', 'do it without being asked');
  command.action(async (key: string, service: string, flags: Flags) => {
    const call = await openOnKey(flags, key, service, io);
    if (destroys)
      await confirm(io, flags.force, `The API key ${key} of ${service} would be deleted for good; its tokens end at once.`);
    // It has been asked here, by the names that were written; the operation's own question has only the id.
    await run(operation, destroys ? { ...call, flags: { ...flags, force: true } } : call);
  });
}

function onKey(program: Command, word: string, summary: string, flags = ''): Command {
  return begin(program, word, summary, `nightly ${SERVICE}${flags}`).argument('<api-key-id>').argument('<service-id>');
}

function begin(program: Command, word: string, summary: string, example: string): Command {
  const command = commandAt(program, ['iam', word]).description(summary);
  addServerFlags(addOutputFlags(command));
  addExamples(command, [`iam ${word} ${example}`]);
  return command;
}

function withFile(command: Command): Command {
  for (const [syntax, help] of Object.entries(KEY_FILE_FLAG)) command.option(syntax, help);
  return command;
}

async function openOnKey(flags: Flags, key: string, service: string, io: CommandParts['io']): Promise<Call> {
  const call = openCall(flags, {}, io);
  const iamId = await iamIdOf(call, service);
  call.input.params = { id: await apiKeyByName(call.session.client, key, iamId) };
  return call;
}

async function iamIdOf({ session }: Call, service: string): Promise<string> {
  return `iam-${await serviceIdByName(session.client, service)}`;
}

async function run(operation: { readonly name: string }, call: Call): Promise<void> {
  const extension: Extension = IDENTITY_EXTENSIONS[operation.name] ?? {};
  await runOperation(operation as unknown as Operation, extension, call);
}
