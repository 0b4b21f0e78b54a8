import { RootwardError } from '../contract/errors.ts';
import { paintFor } from './colour.ts';
import type { Io } from './io.ts';

/** What helps where the server says no more, as it must not to strangers. */
const HINTS: Readonly<Record<string, string>> = {
  ACTION_DENIED: '`rootward target` shows who you are. Whoever may read your policies sees what is missing: rootward iam explain',
};

/** Writes `error: [CODE] text` and `hint: …`; the exit status is that of the error table. */
export function printError(error: unknown, io: Pick<Io, 'env' | 'err' | 'errIsTerminal'>): number {
  const paint = paintFor(io);
  const known = asRootwardError(error);
  io.err(`${paint('red', 'error:')} [${known.code}] ${known.message}\n`);
  const hint = known.hint ?? HINTS[known.code];
  if (hint !== undefined) io.err(`${paint('yellow', 'hint:')} ${hint}\n`);
  if (io.env.ROOTWARD_DEBUG && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
  return known.row.exit;
}

/** What nobody foresaw still leaves as one sentence. */
export function asRootwardError(error: unknown): RootwardError {
  if (error instanceof RootwardError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RootwardError('INTERNAL', { message, hint: 'ROOTWARD_DEBUG=1 shows where it happened.', cause: error });
}
