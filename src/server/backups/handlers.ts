import type { Handler } from '../handler.ts';
import type { BackupDeps } from './backup-deps.ts';
import { createBackupHandler } from './create.ts';
import { listBackupsHandler } from './list.ts';
import { recordBackupHandler } from './record.ts';
import type { ServerBackups } from './server-backup.ts';

/** The server's half of every operation on backups. */
export function backupHandlers(deps: BackupDeps, backups: ServerBackups): Handler[] {
  return [createBackupHandler(deps, backups), listBackupsHandler(deps), recordBackupHandler(deps)];
}
