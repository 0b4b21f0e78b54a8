import type { Operation } from '../../../contract/operation.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { listAllRegistrations } from '../../../contract/registrations/list-all.ts';
import { addOutputFlags, addServerFlags } from '../../common-flags.ts';
import { boundOptions, fillInput } from '../../tree/bound-option.ts';
import { commandAt } from '../../tree/command-path.ts';
import { EXAMPLES } from '../../tree/examples.ts';
import { openCall, runOperation } from '../../tree/from-operation.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';

/** `kp registrations`: those of one key are an operation of their own. */
export function addRegistrations({ program, io }: CommandParts): void {
  const all = listAllRegistrations as unknown as Operation;
  const ofKey = listRegistrations as unknown as Operation;
  const flags = boundOptions(all, all.cli?.options ?? {});
  const command = commandAt(program, ['kp', 'registrations']).description(all.summary);
  for (const { part } of flags) command.addOption(part);
  command.option('-k, --key-id <id>', 'only what this key protects, by its id or an alias');
  addServerFlags(addOutputFlags(command));
  addExamples(command, EXAMPLES[all.name] ?? []);
  command.action(async (given: Readonly<Record<string, unknown>>) => {
    const input = fillInput({ words: [], flags: given, env: io.env }, { words: [], flags });
    const { keyId } = given;
    if (keyId === undefined) await runOperation(all, {}, openCall(given, input, io));
    else await runOperation(ofKey, {}, openCall(given, { ...input, params: { id: keyId } }, io));
  });
}
