import { askOnTerminal } from './terminal.ts';

/** What a command may touch of the world. Data goes to `out`, talk to `err`. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `err` is a terminal that understands control sequences. */
  readonly errIsTerminal: boolean;
  /** A person is there to answer `ask`. */
  readonly canAsk: boolean;
  /** Asks a person on the terminal; `hidden`: what is typed is not shown. Throws USAGE where there is no terminal. */
  readonly ask: (question: string, hidden: boolean) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The real process. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // `rootward … | head` closes our output early: then there is nothing left to do. Talk that nobody hears stops nothing.
  stdout.on('error', (error) => ignoreClosed(error, () => process.exit(0)));
  stderr.on('error', (error) => ignoreClosed(error, () => {}));
  return {
    env,
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    ask: askOnTerminal,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    errIsTerminal: stderr.isTTY === true && env.TERM !== 'dumb',
    now: Date.now,
  };
}

function ignoreClosed(error: NodeJS.ErrnoException, then: () => void): void {
  if (error.code !== 'EPIPE') throw error;
  then();
}
