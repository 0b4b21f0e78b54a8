import { paintFor } from './colour.ts';
import type { Io } from './io.ts';

export interface Progress {
  /** Shows where the work is; the same text twice is shown once. */
  update(text: string): void;
  /** Ends the line. */
  end(): void;
}

/** Tells on stderr how far long work is: one line that changes on a terminal, one line per change elsewhere, none if quiet. */
export function startProgress(io: Pick<Io, 'env' | 'err' | 'errIsTerminal' | 'now'>, quiet: boolean): Progress {
  const started = io.now();
  const paint = paintFor(io);
  let shown = '';
  const line = (text: string) => `${text} ${paint('dim', `(${Math.round((io.now() - started) / 1000)} s)`)}`;
  return {
    update(text) {
      if (quiet || (text === shown && !io.errIsTerminal)) return;
      shown = text;
      io.err(io.errIsTerminal ? `\r\u001b[K${line(text)}` : `${line(text)}\n`);
    },
    end() {
      if (shown !== '' && io.errIsTerminal) io.err('\n');
      shown = '';
    },
  };
}
