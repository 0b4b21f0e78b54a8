import type { Io } from '../io.ts';

/** An Io that keeps what it is told to write. */
export interface CapturedIo extends Io {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export function captureIo(given: Partial<Pick<Io, 'env' | 'cwd' | 'errIsTerminal' | 'canAsk' | 'ask' | 'now'>> = {}): CapturedIo {
  let out = '';
  let err = '';
  return {
    env: {},
    cwd: '/nonexistent',
    errIsTerminal: false,
    canAsk: false,
    ask: (question) => Promise.reject(new Error(`nobody answers ${question}`)),
    now: Date.now,
    ...given,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdout: () => out,
    stderr: () => err,
  };
}
