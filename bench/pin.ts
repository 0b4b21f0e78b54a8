import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Says on which core a process with all its threads runs from now on. */
export type Pin = (pid: number | undefined, core: number) => void;

/** Undefined where it cannot be done: one core only, or no `taskset` (util-linux). */
export function findPin(): Pin | undefined {
  if (cpus().length < 2) return undefined;
  try {
    execFileSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore' });
  } catch {
    // There is none here, or this process may not use it; the figures then say so.
    return undefined;
  }
  return (pid, core) => void execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}
