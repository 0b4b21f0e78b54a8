import type { Io } from './io.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

export type Paint = (colour: Colour, text: string) => string;

/** Colours talk on a terminal; `NO_COLOR` (any value) turns them off, `FORCE_COLOR` turns them on in a pipe. */
export function paintFor({ env, errIsTerminal }: Pick<Io, 'env' | 'errIsTerminal'>): Paint {
  const wanted = env.NO_COLOR ? false : env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : errIsTerminal;
  return (colour, text) => {
    const [on, off] = CODES[colour];
    return wanted ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}
