import { closeSync, constants, fchmodSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of mode 0600 that is on the disk, with its name, when this returns. Throws EEXIST if it is there already, unless it may be replaced. */
export function writeDurably(path: string, content: string, mayReplace: boolean): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | (mayReplace ? O_TRUNC : O_EXCL), 0o600);
  try {
    fchmodSync(file, 0o600);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const directory = openSync(dirname(path), O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
