import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './run-cli.ts';

export interface Typed {
  /** The last thing that the terminal shows when this is typed. */
  readonly when: string;
  readonly type: string;
}

export interface TerminalResult {
  readonly status: number | null;
  /** Everything that a person has seen, in order. */
  readonly screen: string;
}

/** Runs `rootward …` in a terminal of its own (`script` of util-linux makes one), in which somebody types. */
export async function runInTerminal(
  words: readonly string[],
  typed: readonly Typed[],
  place: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<TerminalResult> {
  const { PATH, HOME } = process.env;
  const line = [process.execPath, PROGRAM, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm', SHELL: '/bin/sh', ROOTWARD_CHECK_RESPONSES: '1', ...place.env },
    cwd: place.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const waiting = [...typed];
  let screen = '';
  let seen = 0;
  const see = (chunk: unknown): void => {
    screen += String(chunk);
    const next = waiting[0];
    const at = next ? screen.indexOf(next.when, seen) : -1;
    if (!next || at < 0) return;
    seen = at + next.when.length;
    waiting.shift();
    child.stdin.write(`${next.type}\r`);
  };
  child.stdout.on('data', see);
  child.stderr.on('data', see);
  const [status] = (await once(child, 'close')) as [number | null];
  if (waiting.length > 0) throw new Error(`the terminal never showed "${waiting[0]?.when}" but:\n${screen}`);
  return { status, screen: screen.replaceAll('\r\n', '\n') };
}
