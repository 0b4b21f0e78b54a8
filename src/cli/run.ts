import { CommanderError } from 'commander';
import { type Io, processIo } from './io.ts';
import { printError } from './print-error.ts';
import { createProgram } from './program.ts';
import { commandOf, pathOf } from './tree/command-path.ts';
import { asUsageError } from './usage-error.ts';

/** Runs one command; resolves to the exit status. Every failure is told on stderr. */
export async function runCli(args: readonly string[], io: Io = processIo()): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, io);
    // Help and version end the parser like errors do. Help without being asked for, below a bare group, is a usage error.
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return 1;
    return printError(asUsageError(error, pathOf(commandOf(program, args))), io);
  }
}
