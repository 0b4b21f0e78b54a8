import { paintFor } from '../colour.ts';
import type { Io } from '../io.ts';
import { startProgress } from '../progress.ts';
import type { DemoStep } from './demo-state.ts';

export type DemoFormat = 'text' | 'json';

/** How the demo shows itself: the steps on stdout, how far one is on stderr. */
export interface Reporter {
  begin(step: DemoStep, number: number, total: number): void;
  tell(text: string): void;
  end(step: DemoStep, ok: boolean, detail: string): void;
}

export function createReporter(io: Io, format: DemoFormat): Reporter {
  return format === 'json' ? jsonReporter(io) : textReporter(io);
}

/** One object per step and line; programs read `step`, `ok` and `detail`. */
function jsonReporter({ out }: Io): Reporter {
  return {
    begin() {},
    tell() {},
    end(step, ok, detail) {
      out(`${JSON.stringify({ step: step.name, ok, detail })}\n`);
    },
  };
}

function textReporter(io: Io): Reporter {
  const paint = paintFor(io);
  let progress = startProgress(io, false);
  return {
    begin({ heading, about }, number, total) {
      io.out(`\n${paint('bold', `${number}/${total}  ${heading}`)}\n${paint('dim', `      ${about}`)}\n`);
      progress = startProgress(io, false);
    },
    tell(text) {
      progress.update(`      ${text}`);
    },
    end(_step, ok, detail) {
      progress.end();
      const mark = ok ? paint('green', '✓') : paint('red', '✗');
      io.out(`    ${mark} ${detail.replaceAll('\n', '\n      ')}\n`);
    },
  };
}
