import { Gauge, type Registry } from 'prom-client';
import { countVersionsWithoutBackup, findNewestBackup } from '../../store/backups.ts';
import type { Store } from '../../store/store.ts';

/** What an alert about backups is made of; read from the store whenever metrics are. */
export function addBackupMetrics(registry: Registry, store: Store): void {
  new Gauge({
    name: 'rootward_key_versions_without_backup',
    help: 'Key versions that no backup contains',
    registers: [registry],
    async collect() {
      this.set(await orUnknown(() => countVersionsWithoutBackup(store.db)));
    },
  });
  new Gauge({
    name: 'rootward_newest_backup_timestamp_seconds',
    help: 'When the newest backup was made, in seconds since 1970; 0: there is none',
    registers: [registry],
    async collect() {
      this.set(await orUnknown(async () => ((await findNewestBackup(store.db))?.created_at ?? 0) / 1000));
    },
  });
}

/** While the store cannot be read, every other metric still can. */
async function orUnknown(read: () => Promise<number>): Promise<number> {
  try {
    return await read();
  } catch {
    return Number.NaN; // shown as such: nothing is known
  }
}
