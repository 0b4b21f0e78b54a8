import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ApiKey } from '../contract/api-keys/api-key.ts';
import { RootwardError } from '../contract/errors.ts';
import type { Call, Extension } from './call.ts';
import { VIEWS } from './output/views.ts';

/** Where a new secret goes instead of onto the screen. */
export const KEY_FILE_FLAG = { '--file <file>': 'write the key to this new file (0600) instead of showing its secret' };

/** Throws USAGE while nothing is made yet: a secret that could not be written down would be lost. */
export function checkKeyFile({ flags, io }: Call): void {
  if (typeof flags.file !== 'string' || !existsSync(resolve(io.cwd, flags.file))) return;
  throw new RootwardError('USAGE', { message: `${flags.file} exists already. Choose another file for the key.` });
}

/** Writes a new key to the file that was asked for, and shows the rest of it. */
export const keepKey: NonNullable<Extension['after']> = async ({ flags, io, quiet }, answer) => {
  const view = VIEWS['api-keys.create'];
  if (typeof flags.file !== 'string') return { answer, view };
  const { apikey: _, ...shown } = answer as ApiKey;
  try {
    writeFileSync(resolve(io.cwd, flags.file), `${JSON.stringify(answer, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.err(`warning: the file could not be written, so the key is shown here: ${why}\n`);
    return { answer, view };
  }
  if (!quiet) io.err(`The key is in ${flags.file}; nobody can read its secret again.\n`);
  return { answer: shown, view: VIEWS['api-keys.get'] };
};
