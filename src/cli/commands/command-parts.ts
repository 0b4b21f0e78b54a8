import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** What a hand-written command is added with. */
export interface CommandParts {
  readonly program: Command;
  readonly io: Io;
}
