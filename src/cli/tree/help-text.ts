import type { Command } from 'commander';

/** The exit statuses that every command has: those of the error table. */
export const EXIT_CODES = `
Exit status:
  0  done
  1  the command or a value was not understood
  2  the server failed, or data is damaged
  3  there is no such thing
  4  not logged in, not allowed, or a port is taken
  5  the state of the thing does not allow it
  6  not reachable or too busy: try again later
  130  interrupted
`;

/** Adds the examples, then the exit statuses, below a command's flags. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ rootward ${example}\n`).join('');
  return command.addHelpText('after', `\nExamples:\n${lines}${EXIT_CODES}`);
}
