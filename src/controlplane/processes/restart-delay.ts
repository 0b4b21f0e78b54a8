const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** A process that lived this long was healthy, so its end starts a new count. */
const HEALTHY_MS = 30_000;
/** Even a process that ends cleanly is not started more often than this. */
const CLEAN_MS = 500;

export interface EndOfProcess {
  /** Exit code 0 or SIGTERM, which is how an agent asks for a restart. Unknown (an adopted process) counts as clean. */
  readonly clean: boolean;
  readonly livedMs: number;
}

export interface RestartDelay {
  readonly failures: number;
  readonly delayMs: number;
}

/** How long to wait before a process is started again: nothing after a clean end, 0.2 s doubling up to 10 s after crashes. */
export function restartDelay(failures: number, end: EndOfProcess): RestartDelay {
  if (end.clean && end.livedMs >= CLEAN_MS) return { failures: 0, delayMs: 0 };
  const before = end.livedMs >= HEALTHY_MS ? 0 : failures;
  return { failures: before + 1, delayMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(before, 10)) };
}
