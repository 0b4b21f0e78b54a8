import { accessSync, constants, lstatSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** f_type of statfs(2). */
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

/** A longer path does not fit into the address of a unix socket with room to spare. */
export const SOCKET_PATH_LIMIT = 100;

export interface RuntimeChoice {
  readonly path: string;
  /** False: the directory is on a disk, because this machine offers no tmpfs that we may write to. */
  readonly inMemory: boolean;
}

/**
 * Chooses the directory for private keys and sockets of one cluster: tmpfs where there is one, else a folder in the data
 * directory. `candidates` are looked at in order; `suffix` (8 random characters) makes the name unique on this machine.
 */
export function chooseRuntimeDirectory(clusterDirectory: string, suffix: string, candidates: readonly string[]): RuntimeChoice {
  const base = candidates.find(isWritableMemory);
  if (base === undefined) return { path: join(clusterDirectory, 'runtime'), inMemory: false };
  return { path: join(base, `rootward-${suffix}`), inMemory: true };
}

/** `/dev/shm`, then `$XDG_RUNTIME_DIR`. */
export function runtimeCandidates(environment: NodeJS.ProcessEnv = process.env): string[] {
  const own = environment.XDG_RUNTIME_DIR;
  return ['/dev/shm', ...(own === undefined || own === '' ? [] : [own])];
}

/** Makes the directory 0700 if need be. Throws CONTROL_PLANE_UNAVAILABLE if it belongs to somebody else or is open to others. */
export function ensureRuntimeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
      message: `The directory ${path} is not a directory that only this user can read.`,
      hint: `Remove ${path} or change its owner and mode (0700), and try again.`,
    });
  }
}

export function removeRuntimeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function isWritableMemory(path: string): boolean {
  try {
    const { type } = statfsSync(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    return type === TMPFS || type === RAMFS;
  } catch {
    // The directory does not exist or may not be used: the next candidate is asked.
    return false;
  }
}
