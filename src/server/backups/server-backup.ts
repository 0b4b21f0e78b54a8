import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import { PARTIAL } from './archive/archive-writer.ts';
import type { BackupDeps } from './backup-deps.ts';
import { type MadeBackup, makeBackup } from './make-backup.ts';
import { recordIn } from './record-in-store.ts';

/** Held while a backup is made: one at a time, by one of the servers on a store. */
const NAME = 'backup';
const EXTENSION = '.rwbackup';
/** What the names of backups begin with that the server makes by itself. */
export const SCHEDULED = 'scheduled-';
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export interface ServerBackups {
  /** Into a file of this name, or one of the server's own choice. Throws BACKUP_FILE or BACKUP_RUNNING. */
  make(wish: { readonly file?: string | undefined; readonly scheduled?: true }): Promise<MadeBackup>;
}

/** Makes backups in the server's own directory. */
export function createServerBackups(deps: BackupDeps): ServerBackups {
  let running = false;
  return {
    async make({ file, scheduled }) {
      const path = fileIn(deps.directory, file ?? defaultName(deps, scheduled ? SCHEDULED : 'rootward-'));
      if (running) throw new RootwardError('BACKUP_RUNNING');
      running = true;
      try {
        return await underName(deps, async () => {
          await openDirectory(deps.directory);
          return await makeBackup(deps, { id: deps.newId(), file: path, now: deps.now() }, recordIn(deps.store));
        });
      } finally {
        running = false;
      }
    },
  };
}

async function underName<T>({ store }: BackupDeps, work: () => Promise<T>): Promise<T> {
  if (!(await store.names.take(NAME))) throw new RootwardError('BACKUP_RUNNING');
  try {
    return await work();
  } finally {
    await store.names.giveBack(NAME);
  }
}

/** `rootward-20260131T120000Z-1a2b3c4d.rwbackup`, by the server's clock. */
function defaultName({ now, newId }: BackupDeps, prefix: string): string {
  const instant = new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${prefix}${instant}-${newId().slice(0, 8)}${EXTENSION}`;
}

/** A caller names files, never places: the server must not be made to write where it can. */
function fileIn(directory: string, file: string): string {
  const path = resolve(directory, file);
  if (dirname(path) === resolve(directory) && FILE_NAME.test(basename(path))) return path;
  throw new RootwardError('BACKUP_FILE', {
    message: `The server writes backups into ${directory} only.`,
    hint: 'Name a new file there without slashes, or set backup.directory. On the server itself, --data-dir lets the command write it anywhere.',
    target: { type: 'field', name: 'file' },
  });
}

/** Also removes what a backup that was killed had left. Nobody else makes one at this moment. */
async function openDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    for (const name of await readdir(directory)) if (name.includes(PARTIAL)) await rm(join(directory, name), { force: true });
  } catch (cause) {
    throw new RootwardError('BACKUP_FILE', { message: `The backup directory ${directory} cannot be used.`, cause });
  }
}
