import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.ts';
import type { ProcessIdentity } from './process-identity.ts';

type Requested = Pick<ProcessIdentity, 'pid' | 'startTime' | 'bootId'>;

/**
 * Says that this process is about to be ended on purpose, so that its supervisor takes the end for no crash. It names exactly one
 * process: should the requester die before it sends a signal, no later process of the same name is meant.
 */
export function requestRestart(clusterDirectory: string, name: string, { pid, startTime, bootId }: Requested): void {
  mkdirSync(join(clusterDirectory, 'restarts'), { recursive: true, mode: 0o700 });
  writeAtomically(requestPath(clusterDirectory, name), `${JSON.stringify({ pid, startTime, bootId })}\n`);
}

/** Was the end of this process asked for? A request is good for one end, whichever process it names. */
export function takeRestartRequest(clusterDirectory: string, name: string, process: Requested): boolean {
  const path = requestPath(clusterDirectory, name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  rmSync(path, { force: true });
  const wanted = JSON.parse(text) as Requested;
  return wanted.pid === process.pid && wanted.startTime === process.startTime && wanted.bootId === process.bootId;
}

function requestPath(clusterDirectory: string, name: string): string {
  return join(clusterDirectory, 'restarts', name);
}
