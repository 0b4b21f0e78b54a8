import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** The longest path of a unix socket that every system takes. */
const MOST_BYTES = 107;
const STICKY = 0o1000;

/**
 * Makes sure that nobody but the owner can put another socket in place of this one: makes the directory (0750) where it is missing.
 * Throws CONFIG for a symbolic link, a directory that others may write, or a path that is too long.
 */
export function prepareSocketDirectory(socketPath: string, suffixBytes: number): void {
  if (Buffer.byteLength(socketPath) + suffixBytes > MOST_BYTES)
    throw refused(socketPath, `longer than ${MOST_BYTES - suffixBytes} bytes`);
  const directory = dirname(socketPath);
  // Its group may enter whatever the umask of the process is: that is how an apiserver of another user gets in.
  if (mkdirSync(directory, { recursive: true, mode: 0o750 }) !== undefined) chmodSync(directory, 0o750);
  const link = lstatSync(directory);
  if (link.isSymbolicLink() || !link.isDirectory()) throw refused(directory, 'is not a directory of its own');
  if ((link.mode & 0o022) !== 0) throw refused(directory, 'others may write it');
}

/** Directories above the socket's own in which everybody could rename it away. */
export function openAncestors(socketPath: string): string[] {
  const open: string[] = [];
  for (let above = dirname(dirname(socketPath)); ; above = dirname(above)) {
    const { mode } = statSync(above);
    if ((mode & 0o002) !== 0 && (mode & STICKY) === 0) open.push(above);
    if (above === dirname(above)) return open;
  }
}

function refused(path: string, problem: string): RootwardError {
  return new RootwardError('CONFIG', {
    message: `socketPath: ${path}: ${problem}`,
    target: { type: 'field', name: 'socketPath' },
  });
}
