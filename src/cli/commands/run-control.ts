import { controlRun } from '../../contract/enabling/run-control.ts';
import type { Operation } from '../../contract/operation.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  pause: "Pause what is being done to a cluster's key management, after the current step",
  resume: 'Go on with what was paused or has failed',
  abort: 'Return to the last proven configuration; possible until something is written under the new key',
};

/** `ks kms pause|resume|abort`. */
export function addRunControl({ program, io }: CommandParts): void {
  for (const [action, summary] of Object.entries(ACTIONS)) {
    const command = commandAt(program, ['ks', 'kms', action])
      .description(summary)
      .requiredOption('-c, --cluster <cluster>', 'name or id of the cluster');
    addServerFlags(addOutputFlags(command));
    addExamples(command, [`ks kms ${action} -c demo`]);
    command.action(async (flags: Readonly<Record<string, unknown>>) => {
      const input = { body: { cluster: flags.cluster, action } };
      await runOperation(controlRun as unknown as Operation, {}, openCall(flags, input, io));
    });
  }
}
