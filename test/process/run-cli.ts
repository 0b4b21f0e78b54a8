import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const PROGRAM = join(import.meta.dirname, '../../bin/rootward.cjs');

export interface CliResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `rootward …` as a process, with nothing of our own environment that it reads but what is given. */
export async function runCli(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<CliResult> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { PATH, HOME, ROOTWARD_CHECK_RESPONSES: '1', ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out, err };
}
