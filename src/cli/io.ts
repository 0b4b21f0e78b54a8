/** What a command may touch of the world. Data goes to `out`, talk to `err`. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `err` is a terminal that understands control sequences. */
  readonly errIsTerminal: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The real process. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  // `rootward … | head` closes our output early; that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return {
    env,
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    errIsTerminal: stderr.isTTY === true && env.TERM !== 'dumb',
    now: Date.now,
  };
}
