import { listBackups } from '../../contract/backups/list.ts';
import { countVersionsWithoutBackup, listBackups as readBackups } from '../../store/backups.ts';
import { type Handler, handle } from '../handler.ts';
import type { BackupDeps } from './backup-deps.ts';
import { presentBackup } from './present.ts';
import { backupTarget } from './target.ts';
import { backupWarning } from './warning.ts';

/** Every backup that is known, and what none of them contains. */
export function listBackupsHandler(deps: BackupDeps): Handler {
  return handle(listBackups, {
    resolve: async () => ({ target: await backupTarget(deps), record: undefined }),
    async run(call) {
      const { db } = deps.store;
      const rows = await readBackups(db);
      const warning = backupWarning(rows, call.now, deps.staleAfterHours);
      return {
        output: {
          backups: rows.map(presentBackup),
          keyVersionsWithoutBackup: await countVersionsWithoutBackup(db),
          ...(warning !== undefined && { warning }),
        },
      };
    },
  });
}
