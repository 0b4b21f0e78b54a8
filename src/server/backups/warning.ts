import type { BackupRow } from '../../store/backups.ts';
import { ageOf, newestFirst } from './newest-first.ts';

const HOUR_MS = 3_600_000;

/** What an operator has to know about the newest of these backups; undefined while all is well. */
export function backupWarning(backups: readonly BackupRow[], now: number, staleAfterHours: number): string | undefined {
  const [newest] = newestFirst(backups, now);
  if (!newest) return 'There is no backup: whoever loses this store loses every key. Make one: rootward backup create';
  const age = ageOf(newest, now);
  if (age === undefined)
    return 'Every backup is dated later than now, so nobody knows how old they are. Make one: rootward backup create';
  const hours = Math.floor(age / HOUR_MS);
  if (hours < staleAfterHours) return undefined;
  return `The newest backup is ${hours} hours old, and should be no older than ${staleAfterHours}: rootward backup create`;
}
