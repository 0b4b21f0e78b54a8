import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';

const POLL_MS = 500;

/**
 * Runs `work` while this process holds the lock of a directory, so that two servers do not download or build the same thing at once.
 * `onWait` is called once if somebody else holds it. A lock whose owner died is taken over. Two takers of such a lock may both come
 * through in a very short window; that costs a second build and nothing more, because results are moved into place whole.
 */
export async function withLock<T>(
  directory: string,
  onWait: (owner: number) => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const path = join(directory, 'lock');
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    if (take(path)) break;
    const owner = ownerOf(path);
    if (owner === null || !isRunning(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) onWait(owner.pid);
    told = true;
    await sleep(POLL_MS, undefined, { ...(signal && { signal }) });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  // A link appears with its whole content; a file that is created and then written could be read while it is still empty.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownerOf(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity | null;
  } catch {
    // Released meanwhile, or its owner died while writing it: either way nobody holds it.
    return null;
  }
}
