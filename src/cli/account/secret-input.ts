import { readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';

/** A secret from the file that a flag names, or from the terminal. Of a file, the line break at its end does not count. */
export async function readSecret(io: Io, file: string | undefined, question: string): Promise<string> {
  const secret = file === undefined ? await io.ask(question, true) : secretIn(file);
  if (secret !== '') return secret;
  throw new RootwardError('USAGE', { message: file === undefined ? 'Nothing was entered.' : `The file ${file} is empty.` });
}

/** A new secret, typed twice where nobody sees it. */
export async function readNewSecret(io: Io, file: string | undefined, what: string): Promise<string> {
  const secret = await readSecret(io, file, `${what}: `);
  if (file !== undefined || (await io.ask('Once more: ', true)) === secret) return secret;
  throw new RootwardError('USAGE', { message: 'The two are not the same.' });
}

export function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new RootwardError('USAGE', { message: `The file ${file} cannot be read.`, cause });
  }
}
