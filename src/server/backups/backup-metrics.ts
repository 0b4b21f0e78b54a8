import { Gauge, type Registry } from 'prom-client';
import { type BackupRow, countVersionsWithoutBackup, listBackups } from '../../store/backups.ts';
import type { Store } from '../../store/store.ts';
import { ageOf, newestFirst } from './newest-first.ts';

/** What an alert about backups is made of; read from the store whenever metrics are. */
export function addBackupMetrics(registry: Registry, store: Store, now: () => number): void {
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
    help: 'When the newest backup was made, in seconds since 1970; 0: there is none, or none that is dated right',
    registers: [registry],
    async collect() {
      this.set(await orUnknown(async () => newestAt(await listBackups(store.db), now()) / 1000));
    },
  });
}

function newestAt(backups: readonly BackupRow[], now: number): number {
  const [newest] = newestFirst(backups, now);
  return newest && ageOf(newest, now) !== undefined ? newest.created_at : 0;
}

/** While the store cannot be read, every other metric still can. */
async function orUnknown(read: () => Promise<number>): Promise<number> {
  try {
    return await read();
  } catch {
    return Number.NaN; // shown as such: nothing is known
  }
}
