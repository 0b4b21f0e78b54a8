import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 20_000;

/** Asks a program for its version (`1.36.3`). Throws an Error with a short reason if it cannot run or answers something else. */
export async function versionOf(path: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  let output: string;
  try {
    output = (await run(path, [...args], { timeout: PATIENCE_MS, env: { ...env } })).stdout;
  } catch (error) {
    throw new Error(`${path} does not run (${error instanceof Error ? firstLine(error.message) : String(error)})`, {
      cause: error,
    });
  }
  const version = /\d+\.\d+(?:\.\d+)?/.exec(firstLine(output))?.[0];
  if (version === undefined) throw new Error(`${path} does not say its version`);
  return version;
}

/** Is `version` the same as `oldest` or later? Only numbers count: `1.36.3`, `3.5`. */
export function isAtLeast(version: string, oldest: string): boolean {
  const have = version.split('.').map(Number);
  const need = oldest.split('.').map(Number);
  for (let at = 0; at < need.length; at += 1) {
    const difference = (have[at] ?? 0) - (need[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
