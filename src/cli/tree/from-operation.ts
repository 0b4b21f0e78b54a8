import { type Command, Option } from 'commander';
import type { Operation } from '../../contract/operation.ts';
import type { Call, Extension } from '../call.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import type { Io } from '../io.ts';
import { parseFormat, printAnswer } from '../output/print.ts';
import { VIEWS } from '../output/views.ts';
import type { Input } from '../place.ts';
import { openSession } from '../session/session.ts';
import { boundArguments, boundOptions, fillInput } from './bound-option.ts';
import { commandAt } from './command-path.ts';
import { addExamples } from './help-text.ts';

/** What a command line is built with. */
export interface Parts {
  readonly io: Io;
  readonly extension?: Extension | undefined;
  readonly examples: readonly string[];
}

/** Adds the command of an operation: its words and flags become the input, its answer the output. */
export function addOperation(program: Command, operation: Operation, parts: Parts): void {
  const { cli } = operation;
  if (!cli) return;
  const { extension = {}, io } = parts;
  const words = boundArguments(operation);
  const flags = boundOptions(operation, { ...cli.options, ...extension.options });
  const command = commandAt(program, cli.command).description(operation.summary);
  for (const { part } of words) command.addArgument(part);
  for (const { part } of flags) command.addOption(part);
  for (const [syntax, help] of Object.entries(extension.flags ?? {})) command.addOption(new Option(syntax, help));
  addServerFlags(addOutputFlags(command));
  addExamples(command, parts.examples);
  command.action(async () => {
    const given = command.opts();
    const input = fillInput({ words: command.processedArgs, flags: given, env: io.env }, { words, flags });
    await runOperation(operation, extension, openCall(given, input, io));
  });
}

/** The parts of a run that every command which calls a server has. */
export function openCall(flags: Readonly<Record<string, unknown>>, input: Input, io: Io): Call {
  const format = parseFormat(String(flags.output ?? 'table'));
  return { io, session: openSession(flags, io), flags, input, format, quiet: flags.quiet === true };
}

/** Calls the operation and shows what it answers. */
export async function runOperation(operation: Operation, extension: Extension, call: Call): Promise<void> {
  await extension.before?.(call);
  const answer = await call.session.client.callLoosely(operation, call.input);
  const shown = extension.after ? await extension.after(call, answer) : { answer, view: VIEWS[operation.name] };
  if (shown?.answer === undefined) {
    if (shown && !call.quiet) call.io.err(`${extension.done ?? 'Done.'}\n`);
    return;
  }
  await printAnswer(shown.answer, shown.view, call.format, call.io);
}
