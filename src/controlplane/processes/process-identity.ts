import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * What tells one process from every other one, also from a later one that was given the same number. `startTime` is field 22 of
 * /proc/<pid>/stat (ticks since boot), so it means something only together with the boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  /** The file that runs, from /proc/<pid>/exe. */
  readonly executable: string;
}

/** Environment variable by which a child is found even if its record was never written. */
export const MARKER = 'ROOTWARD_CONTROL_PLANE_PROCESS';

/** The identity of a live process that we may look at, or null. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readStat(pid);
  if (stat === null) return null;
  try {
    // The kernel marks a file that was replaced under a running program.
    const executable = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return { pid, startTime: stat.startTime, bootId: bootId(), executable };
  } catch {
    // It ended between the two reads, or it belongs to another user: then it is not ours.
    return null;
  }
}

/** Does exactly this process still run? A zombie does not. */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  return stat !== null && stat.startTime === identity.startTime && bootId() === identity.bootId;
}

/** Does it run, and is it still the program that was recorded, or at least one that was started with the marker (after an exec)? */
export function isSameProgram(identity: ProcessIdentity, marker: string): boolean {
  if (!isRunning(identity)) return false;
  return identify(identity.pid)?.executable === identity.executable || isMarked(identity.pid, marker);
}

/** Sends a signal to exactly this process. False if it is gone; never reaches a process that inherited the number. */
export function signalProcess(identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Every live process of this user that was started with the marker, found by walking /proc. Only leaders of a session count: a
 * process that such a child started inherits the environment too.
 */
export function findMarked(marker: string): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    if (!isMarked(pid, marker)) continue;
    const identity = readStat(pid)?.session === pid ? identify(pid) : null;
    if (identity !== null) found.push(identity);
  }
  return found;
}

function isMarked(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${MARKER}=${marker}`);
  } catch {
    // Gone meanwhile, or another user's process.
    return false;
  }
}

function readStat(pid: number): { startTime: string; session: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // There is no such process.
    return null;
  }
  // The second field is the program's name in brackets and may itself contain blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTime = fields[19];
  if (startTime === undefined || state === 'Z' || state === 'X') return null;
  return { startTime, session: Number(fields[3]) };
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}
