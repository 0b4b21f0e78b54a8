import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** Figures without what they were measured on mean nothing, so every result carries it. */
export function machine() {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    kernel: release(),
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverageAtEnd: loadavg().map((value) => Math.round(value * 100) / 100),
    commit: commit(),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Throws if the directory is on tmpfs or ramfs: there, "durable" costs nothing and means nothing. */
export function requireDisk(directory: string): void {
  if (IN_MEMORY.has(statfsSync(directory).type))
    throw new Error(`${directory} is in memory, so nothing on it is durable: choose another place with --data-dir`);
}

const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, in user and system mode together; the figure that other load on the machine disturbs least. */
export function cpuSecondsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Writes a result to docs/evidence/NAME.json. */
export function keepEvidence(name: string, result: object): string {
  const file = join(import.meta.dirname, `../docs/evidence/${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // Not a git checkout: the result is then known by its date only.
    return 'unknown';
  }
}
