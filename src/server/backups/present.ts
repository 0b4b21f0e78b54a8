import type { Backup } from '../../contract/backups/backup.ts';
import type { BackupRow } from '../../store/backups.ts';
import { formatInstant } from '../instant.ts';

export function presentBackup(row: BackupRow): Backup {
  return {
    id: row.id,
    location: row.location,
    createdAt: formatInstant(row.created_at),
    epoch: row.epoch,
    keyVersions: row.key_versions,
  };
}
