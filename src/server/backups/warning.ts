import type { BackupRow } from '../../store/backups.ts';

const HOUR_MS = 3_600_000;

/** What an operator has to know about the newest backup; undefined while all is well. */
export function backupWarning(newest: BackupRow | undefined, now: number, staleAfterHours: number): string | undefined {
  if (!newest) return 'There is no backup: whoever loses this store loses every key. Make one: rootward backup create';
  const hours = Math.floor((now - newest.created_at) / HOUR_MS);
  if (hours < staleAfterHours) return undefined;
  return `The newest backup is ${hours} hours old, and should be no older than ${staleAfterHours}: rootward backup create`;
}
