import type { Registry } from 'prom-client';
import { readMeta } from '../../store/meta.ts';
import type { Config } from '../config/config-schema.ts';
import type { Handler } from '../handler.ts';
import type { Log } from '../log.ts';
import type { BackupDeps } from './backup-deps.ts';
import { addBackupMetrics } from './backup-metrics.ts';
import { backupHandlers } from './handlers.ts';
import { type BackupSchedule, createBackupSchedule } from './schedule.ts';
import { createServerBackups } from './server-backup.ts';

export interface Backups {
  readonly handlers: readonly Handler[];
  /** Not started yet. */
  readonly schedule: BackupSchedule;
}

/** Everything that a server does about backups. */
export function openBackups(
  parts: Pick<BackupDeps, 'store' | 'barrier' | 'newId' | 'now'> & {
    readonly settings: Config['backup'];
    /** Where archives go if the settings do not say. */
    readonly directory: string;
    readonly registry: Registry;
    readonly log: Log;
  },
): Backups {
  const { settings, store, registry, log } = parts;
  const deps: BackupDeps = {
    ...parts,
    accountId: async () => (await readMeta(store.db, 'account_id')) ?? '',
    directory: settings.directory ?? parts.directory,
    staleAfterHours: settings.staleAfterHours,
  };
  const backups = createServerBackups(deps);
  addBackupMetrics(registry, store, deps.now);
  return { handlers: backupHandlers(deps, backups), schedule: createBackupSchedule({ ...deps, log }, backups, settings) };
}
