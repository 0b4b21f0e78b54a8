import type { Target } from '../target.ts';
import type { BackupDeps } from './backup-deps.ts';

/** Backups hold what every account has, so they are a matter of the account that operates the server. */
export async function backupTarget({ accountId }: Pick<BackupDeps, 'accountId'>): Promise<Target> {
  return { serviceName: 'rootward', accountId: await accountId(), resourceType: 'backup' };
}
