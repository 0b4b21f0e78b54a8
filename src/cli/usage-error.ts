import type { CommanderError } from 'commander';
import { RootwardError } from '../contract/errors.ts';

const SUGGESTION = /\n?\(Did you mean ([^)]*)\?\)/;

/** What the argument parser complains about, as our error: its suggestion becomes the hint. */
export function asUsageError(error: CommanderError, command: string): RootwardError {
  const message = error.message.replace(/^error: /, '');
  const suggestion = SUGGESTION.exec(message)?.[1];
  return new RootwardError('USAGE', {
    message: message.replace(SUGGESTION, '').trim(),
    hint: suggestion === undefined ? `\`${command} --help\` shows how.` : `Did you mean ${suggestion}?`,
    cause: error,
  });
}
