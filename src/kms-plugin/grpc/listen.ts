import { chmodSync, renameSync, statSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { prepareSocketDirectory } from './socket-path.ts';

/** A bound socket. `release` removes the path, unless a successor has put its own socket there. */
export interface BoundSocket {
  readonly release: () => void;
}

/** Binds under a temporary name and renames it over the path, so that there is never a moment without a socket. Mode 0660. */
export async function listenByRename(server: Server, path: string): Promise<BoundSocket> {
  const temporary = `${path}.${process.pid}`;
  prepareSocketDirectory(path, Buffer.byteLength(temporary) - Buffer.byteLength(path));
  removeIfExists(temporary);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(temporary, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(temporary, 0o660);
  const { ino, dev } = statSync(temporary);
  renameSync(temporary, path);
  return {
    release: () => {
      const now = statSync(path, { throwIfNoEntry: false });
      if (now?.ino === ino && now.dev === dev) removeIfExists(path);
    },
  };
}

function removeIfExists(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
