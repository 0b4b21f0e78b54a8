import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

const OTHERS = 0o077;
const ANYBODY_WRITES = 0o002;
const STICKY = 0o1000;

/**
 * Makes sure that whatever lies in this directory was put there by this user: a directory, no link, of our own, closed to
 * everybody else, and none above it in which anybody could put another one in its place. Throws SERVER_UNREACHABLE with the
 * reason, or the error of the system where it does not exist.
 */
export function requirePrivateDirectory(directory: string, uid: number | undefined = process.getuid?.()): void {
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw refused(directory, 'is not a directory');
  if (found.uid !== uid) throw refused(directory, `belongs to the user ${found.uid}`);
  if ((found.mode & OTHERS) !== 0) throw refused(directory, 'is open to other users');
  for (let above = dirname(directory), below = directory; above !== below; below = above, above = dirname(above)) {
    const { mode } = statSync(above);
    if ((mode & ANYBODY_WRITES) !== 0 && (mode & STICKY) === 0) throw refused(above, 'may be changed by everybody');
  }
}

function refused(path: string, problem: string): RootwardError {
  return new RootwardError('SERVER_UNREACHABLE', {
    message: `${path} ${problem}, so nothing there is taken for the server.`,
    hint: 'The directory of the socket has to belong to the user of the server, with mode 0700.',
  });
}
