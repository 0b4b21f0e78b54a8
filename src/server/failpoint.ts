import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.ROOTWARD_FAILPOINTS;

/** What a child needs in its environment to have the same failpoints. */
export const failpointEnvironment: Readonly<Record<string, string>> = directory ? { ROOTWARD_FAILPOINTS: directory } : {};

/**
 * For drills: ends or stops this process at a named place, once. It does so only if `ROOTWARD_FAILPOINTS` names a directory and
 * that holds a file with the name of the place and a signal in it; the file goes first, so that the next process passes.
 */
export function failpoint(place: string): void {
  if (!directory) return;
  const file = join(directory, place);
  let signal: string;
  try {
    signal = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  unlinkSync(file);
  process.kill(process.pid, signal);
}
