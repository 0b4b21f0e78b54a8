import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** What this user has told the command line to take where nothing else is said. Never a secret. */
export interface Preferences {
  readonly region?: string;
}

function fileOf(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'rootward', 'cli.json');
}

/** Nothing where nothing was set. Throws CONFIG where the file cannot be read. */
export function readPreferences(env: NodeJS.ProcessEnv): Preferences {
  const file = fileOf(env);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Preferences;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new RootwardError('CONFIG', { message: `The preferences in ${file} cannot be read.`, hint: 'Delete the file.', cause });
  }
}

export function writePreferences(env: NodeJS.ProcessEnv, preferences: Preferences): void {
  const file = fileOf(env);
  if (Object.keys(preferences).length === 0) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(preferences)}\n`, { mode: 0o600 });
}
