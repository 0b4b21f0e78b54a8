import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import { SecretBytes } from '../secret-bytes.ts';

const PREFIX = 'rootward-seal-key-1:';
const KEY_BYTES = 32;
const FILE_BYTES = PREFIX.length + 44 + 1;
const MODE = 0o400;

/**
 * The secret in a seal key file, or undefined if there is no such file. Throws SEAL_KEY for a file that others could have read or
 * written: a symbolic link, another owner, any mode but 0400; and for a file with other content.
 */
export function readKeyFile(path: string): SecretBytes | undefined {
  const file = openExisting(path);
  if (file === undefined) return undefined;
  const bytes = Buffer.alloc(FILE_BYTES + 1);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw refused(path, 'is not a regular file', 'Name a file of its own for the seal key.');
    if (found.uid !== process.geteuid?.())
      throw refused(path, 'belongs to another user', 'Give it to the user that runs the server.');
    const mode = found.mode & 0o7777;
    if (mode !== MODE)
      throw refused(path, `has mode 0${mode.toString(8)}, not 0400`, `Check who could have read it, then: chmod 0400 ${path}`);
    const text = bytes.toString('latin1', 0, readSync(file, bytes));
    const secret = Buffer.from(text.slice(PREFIX.length), 'base64');
    if (secret.length !== KEY_BYTES || text !== contentOf(secret))
      throw refused(path, 'does not contain a seal key', 'Restore it from your copy.');
    return SecretBytes.take(secret);
  } finally {
    bytes.fill(0);
    closeSync(file);
  }
}

/**
 * Makes a seal key file with a new secret, durably and in one step: it is there whole or not at all, and never replaces another.
 * Throws SEAL_KEY.
 */
export function createKeyFile(path: string): SecretBytes {
  const secret = SecretBytes.random(KEY_BYTES);
  try {
    secret.use((bytes) => writeOnce(path, contentOf(bytes)));
  } catch (cause) {
    secret.destroy();
    throw new RootwardError('SEAL_KEY', {
      message: `The seal key file ${path} cannot be made (${errorCode(cause)}).`,
      hint: 'Name a place that the user of the server may write to.',
      cause,
    });
  }
  return secret;
}

function writeOnce(path: string, content: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}.new`;
  // What a crash left behind under the same process id (in a container it is always 1) was never in use.
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, MODE);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
    linkSync(unfinished, path);
  } finally {
    closeSync(file);
    rmSync(unfinished, { force: true });
  }
  const parent = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}

function openExisting(path: string): number | undefined {
  try {
    // Non-blocking, so that a pipe put in the place of the file cannot hold up the start.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw refused(path, 'is a symbolic link', 'Name the file itself.');
    throw new RootwardError('SEAL_KEY', { message: `The seal key file ${path} cannot be read (${code}).`, cause: error });
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function contentOf(secret: Buffer): string {
  return `${PREFIX}${secret.toString('base64')}\n`;
}

function refused(path: string, what: string, hint: string): RootwardError {
  return new RootwardError('SEAL_KEY', { message: `The seal key file ${path} ${what}.`, hint });
}
