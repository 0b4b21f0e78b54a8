import { createBackup } from '../../contract/backups/create.ts';
import { type Handler, handle } from '../handler.ts';
import type { BackupDeps } from './backup-deps.ts';
import { presentBackup } from './present.ts';
import type { ServerBackups } from './server-backup.ts';
import { backupTarget } from './target.ts';

/** Makes a backup in the server's directory; the answer comes when it is durable. */
export function createBackupHandler(deps: BackupDeps, backups: ServerBackups): Handler {
  return handle(createBackup, {
    resolve: async () => ({ target: await backupTarget(deps), record: undefined }),
    async run(call) {
      const made = await backups.make({ file: call.input.body.file });
      const { keys, bytes, damaged } = made;
      return { output: { ...presentBackup(made), keys, bytes, damaged: [...damaged] } };
    },
  });
}
