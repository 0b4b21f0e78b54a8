import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { requirePrivateDirectory } from '../client/companion/private-directory.ts';
import { chooseRuntimeDirectory, ensureRuntimeDirectory } from './pki/runtime-directory.ts';

/**
 * The directory (0700) of the socket on which a server serves the plugins and agents of its hosted clusters: on tmpfs, and the same
 * at every start on this data directory. One that somebody else has put there is never used: `passedOver` hears why, and the next
 * candidate is taken, at last `DATA/runtime`. Throws CONTROL_PLANE_UNAVAILABLE or SERVER_UNREACHABLE if that is not private either.
 */
export function openServerSocketDirectory(
  server: { readonly id: string; readonly dataDirectory: string },
  candidates: readonly string[],
  passedOver: (error: unknown) => void,
): string {
  // A copy of a data directory has the same server id.
  const name = `${server.id}\0${realpathSync(server.dataDirectory)}`;
  const suffix = `${createHash('sha256').update(name).digest('hex').slice(0, 8)}-srv`;
  for (const candidate of candidates) {
    const { path, inMemory } = chooseRuntimeDirectory(server.dataDirectory, suffix, [candidate]);
    if (!inMemory) continue;
    try {
      return makePrivate(path);
    } catch (error) {
      passedOver(error);
    }
  }
  return makePrivate(chooseRuntimeDirectory(server.dataDirectory, suffix, []).path);
}

function makePrivate(path: string): string {
  ensureRuntimeDirectory(path);
  requirePrivateDirectory(path);
  return path;
}
