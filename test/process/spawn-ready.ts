import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A child process that has said that it is ready. */
export interface ReadyProcess<T> {
  readonly child: ChildProcess;
  /** The line of JSON that it printed. */
  readonly said: T;
  /** Sends the signal and waits for the end; resolves with the exit code, or null if the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export interface ReadyOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** How long it may take to become ready. */
  readonly patienceMs?: number;
}

/** Starts a TypeScript file with this Node and waits for its first line of stdout. Throws with its stderr if that does not come. */
export async function spawnReady<T>(file: string, args: readonly string[], options: ReadyOptions = {}): Promise<ReadyProcess<T>> {
  const child = spawn(process.execPath, [...(options.execArgv ?? []), file, ...args], {
    env: { ...withoutOrders(process.env), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const end: ReadyProcess<T>['end'] = async (signal) => {
    child.kill(signal);
    return (await exited)[0];
  };
  try {
    const line = await firstLine(child, options.patienceMs ?? 30_000);
    return { child, said: JSON.parse(line) as T, end };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** Names of variables by which people tell tests how much to do: a server would take them for settings that there are not. */
const ORDERS = /^ROOTWARD_(FUZZ_RUNS|CLOCK_RUNS|TEST_(?!ENGINE$).*)$/;

function withoutOrders(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ORDERS.test(name)));
}

function firstLine(child: ChildProcess, patienceMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const fail = (why: string) => reject(new Error(`${child.spawnargs.join(' ')} ${why}\n${stderr}`));
    const timer = setTimeout(() => fail('did not become ready in time'), patienceMs);
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.stdout?.on('data', (chunk) => {
      stdout += String(chunk);
      const [line, rest] = stdout.split('\n', 2);
      if (line === undefined || rest === undefined) return;
      clearTimeout(timer);
      resolve(line);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? code} before it was ready`);
    });
  });
}
