import { insertBackup, markVersionsBackedUp } from '../../store/backups.ts';
import type { Store } from '../../store/store.ts';
import type { BackupRecorder } from './make-backup.ts';

/** Records backups in a store that this process may write. */
export function recordIn(store: Store): BackupRecorder {
  return {
    begin: (row) => store.change([], (tx) => insertBackup(tx, row)),
    versions: (backupId, ids) => store.change([], (tx) => markVersionsBackedUp(tx, backupId, ids)),
  };
}
