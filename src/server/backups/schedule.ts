import { rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import { deleteBackup, listBackups } from '../../store/backups.ts';
import type { BackupDeps } from './backup-deps.ts';
import { ageOf, newestFirst } from './newest-first.ts';
import { SCHEDULED, type ServerBackups } from './server-backup.ts';

export interface BackupSchedule {
  start(): void;
  /** One look; drills and tests call it directly. True: a backup was made. */
  pass(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface BackupTimes {
  /** 0: never. */
  readonly everyHours: number;
  readonly keep: number;
}

const HOUR_MS = 3_600_000;
const LOOK_MS = 60_000;

/**
 * Makes a backup whenever the newest one has become old, and removes the oldest of those that it made. Servers on one store take
 * turns: each looks at the same list, and one at a time makes a backup.
 */
export function createBackupSchedule(
  deps: BackupDeps & { readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void } },
  backups: ServerBackups,
  times: BackupTimes,
): BackupSchedule {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function pass(): Promise<boolean> {
    if (times.everyHours === 0) return false;
    const [newest] = newestFirst(await listBackups(deps.store.db), deps.now());
    const age = newest && ageOf(newest, deps.now());
    if (age !== undefined && age < times.everyHours * HOUR_MS) return false;
    const made = await backups.make({ scheduled: true });
    deps.log.info({ backup: made.id, file: made.location, keyVersions: made.key_versions }, 'a backup was made');
    if (made.damaged.length === 0) await removeOld();
    else
      deps.log.warn(
        { backup: made.id, damaged: made.damaged.length },
        'some keys of the store do not open; the backup has them as they are, and no older one is removed, for they may open in it',
      );
    return true;
  }

  async function removeOld(): Promise<void> {
    const own = newestFirst(await listBackups(deps.store.db), deps.now()).filter(({ location }) => isOwn(location));
    for (const { id, location } of own.slice(times.keep)) {
      await rm(location, { force: true });
      await deps.store.change([], (tx) => deleteBackup(tx, id));
    }
  }

  /** What people have made stays. */
  function isOwn(location: string): boolean {
    return dirname(location) === resolve(deps.directory) && basename(location).startsWith(SCHEDULED);
  }

  async function passSafely(): Promise<void> {
    try {
      await pass();
    } catch (error) {
      // Somebody else makes one at this moment; that is as good.
      if (error instanceof RootwardError && error.code === 'BACKUP_RUNNING') return;
      deps.log.warn({ err: error }, 'a scheduled backup could not be made');
    }
  }

  return {
    start() {
      if (times.everyHours === 0) return;
      const look = () => {
        running = running.then(passSafely);
      };
      timer = setInterval(look, LOOK_MS);
      timer.unref();
      look();
    },
    pass,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
