import { copyFileSync, openSync, statSync, truncateSync } from 'node:fs';

/** A log is cut at this many bytes; one older part is kept beside it as `<name>.1`. */
export const LOG_LIMIT_BYTES = 8 * 1024 * 1024;

/** Opens the log for a child to append to. The child keeps writing to it when this process is gone. */
export function openLog(path: string): number {
  limitLog(path);
  return openSync(path, 'a', 0o600);
}

/**
 * Copies a log that grew too long aside and empties it in place: the child holds the file open, so renaming it would change nothing.
 * Lines written between the two steps are lost, which a diagnostic log may do.
 */
export function limitLog(path: string, limit = LOG_LIMIT_BYTES): void {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (size <= limit) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}
