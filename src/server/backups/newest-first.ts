import type { BackupRow } from '../../store/backups.ts';

/** Clocks of machines differ a little. */
const TOLERANCE_MS = 3_600_000;

/**
 * Backups by age. One that is dated later than now was made while the clock was wrong: how old it is nobody knows, so it counts as the
 * oldest, and never as a reason not to make another one.
 */
export function newestFirst(rows: readonly BackupRow[], now: number): BackupRow[] {
  const later = (row: BackupRow): number => (isDated(row, now) ? 0 : 1);
  return rows.toSorted((a, b) => later(a) - later(b) || b.created_at - a.created_at);
}

/** The age of a backup in ms; undefined: it is dated later than now. */
export function ageOf(row: BackupRow, now: number): number | undefined {
  return isDated(row, now) ? Math.max(0, now - row.created_at) : undefined;
}

function isDated({ created_at }: BackupRow, now: number): boolean {
  return created_at <= now + TOLERANCE_MS;
}
