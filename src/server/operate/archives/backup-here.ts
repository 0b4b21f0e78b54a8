import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NewBackup } from '../../../contract/backups/backup.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { openBarrier } from '../../../crypto/seals/envelope.ts';
import { joinStore, openStore, type Store } from '../../../store/store.ts';
import { type BackupRecorder, makeBackup } from '../../backups/make-backup.ts';
import { presentBackup } from '../../backups/present.ts';
import { recordIn } from '../../backups/record-in-store.ts';
import { reportTo } from '../../backups/report-to-server.ts';
import type { Config } from '../../config.ts';
import { type DataDir, openDataDir } from '../data-dir.ts';
import { readEnvelopes, sealOf } from '../unseal.ts';

/** Is there a store that `backupHere` could read? */
export function hasStoreHere(config: Config): boolean {
  return config.store.url !== undefined || existsSync(openDataDir(config.dataDir, false).database);
}

/**
 * Makes a backup of this machine's store into any file, also beside its running server, which is told of it. `warn` learns if it
 * could not be told. Throws BACKUP_FILE, CONFIG, SEAL_KEY or SEAL_MISMATCH.
 */
export async function backupHere(config: Config, file: string, warn: (text: string) => void): Promise<NewBackup> {
  const dataDir = openDataDir(config.dataDir, false);
  if (!hasStoreHere(config))
    throw new RootwardError('CONFIG', {
      message: `There is no store in ${dataDir.root}.`,
      hint: 'Name the data directory of the server with --data-dir.',
    });
  const { store, isOurs } = await openOrJoin(config, dataDir);
  try {
    const envelopes = await readEnvelopes(store);
    using key = await openBarrier(envelopes, sealOf(envelopes, config, dataDir));
    const barrier = new Barrier(key);
    const recorder = isOurs ? recordIn(store) : tellServer(config, dataDir, barrier, warn);
    const wish = { id: randomUUID(), file: resolve(file), now: Date.now() };
    const made = await makeBackup({ store, barrier }, wish, recorder);
    const { keys, bytes, damaged } = made;
    return { ...presentBackup(made), keys, bytes, damaged: [...damaged] };
  } finally {
    await store.close();
  }
}

/** The store to write, or, where its server does that, to read. */
async function openOrJoin(config: Config, { database }: DataDir): Promise<{ store: Store; isOurs: boolean }> {
  const place = { file: database, url: config.store.url };
  // On a shared database everybody may write.
  if (place.url !== undefined) return { store: await joinStore(place), isOurs: true };
  try {
    return { store: await openStore(place), isOurs: true };
  } catch (error) {
    if (!(error instanceof RootwardError && error.code === 'DATA_DIR_IN_USE')) throw error;
    return { store: await joinStore(place), isOurs: false };
  }
}

/** The archive is good whether the server learns of it or not. */
function tellServer(config: Config, dataDir: DataDir, barrier: Barrier, warn: (text: string) => void): BackupRecorder {
  let failed = false;
  const report = reportTo({ url: urlOf(dataDir), certFile: config.tls?.certFile, barrier });
  const tell = async (send: () => Promise<void>): Promise<void> => {
    if (failed) return;
    try {
      await send();
    } catch (error) {
      failed = true;
      const reason = error instanceof Error ? error.message : String(error);
      warn(`The backup is whole, but the server could not be told of it and goes on to warn: ${reason}`);
    }
  };
  return {
    begin: (row) => tell(() => report.begin(row)),
    versions: (id, ids) => tell(() => report.versions(id, ids)),
  };
}

function urlOf({ serverFile }: DataDir): string {
  try {
    return String((JSON.parse(readFileSync(serverFile, 'utf8')) as { readonly url?: unknown }).url);
  } catch {
    // A server that is just starting or ending has no address to be told at; the report fails and says so.
    return 'http://127.0.0.1:0';
  }
}
