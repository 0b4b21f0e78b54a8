import { Argument } from 'commander';
import { candidates } from '../completion/candidates.ts';
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `completion SHELL`, and the hidden command that its scripts ask. */
export function addCompletion({ program, io }: CommandParts): void {
  const command = program
    .command('completion')
    .description('Print a script that completes commands and flags')
    .addArgument(new Argument('<shell>').choices(Object.keys(COMPLETION_SCRIPTS)));
  addExamples(command, ['completion bash', 'completion zsh', 'completion fish']);
  command.action((shell: string) => io.out(COMPLETION_SCRIPTS[shell] ?? ''));

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action((words: readonly string[]) =>
      io.out(
        candidates(program, words)
          .map((word) => `${word}\n`)
          .join(''),
      ),
    );
}
