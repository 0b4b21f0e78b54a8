import { RootwardError } from '../../../contract/errors.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { damaged } from '../../backups/archive/archive-header.ts';
import { openArchive } from '../../backups/archive/archive-reader.ts';
import { type ArchiveContent, examineArchive } from '../../backups/archive/examine-archive.ts';
import type { Config } from '../../config.ts';
import { openDataDir } from '../data-dir.ts';
import { openArchiveSeal } from './archive-seal.ts';

/** What people want to know of an archive. */
export interface BackupFacts {
  readonly id: string;
  readonly file: string;
  readonly createdAt: string;
  readonly serverId: string;
  readonly epoch: number;
  readonly schema: string;
  readonly keys: number;
  readonly keyVersions: number;
  readonly instances: number;
  readonly clusters: number;
  readonly newestKey?: { readonly id: string; readonly createdAt: string };
  /** Ids of what did not open when the backup was made: it is in there as it was. */
  readonly damagedBefore: readonly string[];
  readonly rows: Readonly<Record<string, number>>;
}

/** Reads an archive to its end and opens every key in it. Throws BACKUP_DAMAGED with the reason, or what keeps it from being opened. */
export async function verifyBackup(config: Config, file: string, recoveryCode: string | undefined): Promise<BackupFacts> {
  await using reader = await openArchive(file);
  const opened = await asDamage(() =>
    openArchiveSeal(reader.read.header, config, openDataDir(config.dataDir, false), recoveryCode),
  );
  using key = opened.key;
  return factsOf(file, await examineArchive(reader, new Barrier(key)));
}

/** An envelope that is not as it was made is damage to the archive that holds it. */
export async function asDamage<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof RootwardError && error.code === 'SEAL_ENVELOPE')
      throw damaged('The header is damaged: its seal envelope does not authenticate.');
    throw error;
  }
}

export function factsOf(file: string, { header, rows, newestKey, damagedBefore }: ArchiveContent): BackupFacts {
  const { id, createdAt, serverId, epoch, schema } = header;
  return {
    id,
    file,
    createdAt,
    serverId,
    epoch,
    schema,
    keys: rows.keys ?? 0,
    keyVersions: rows.key_versions ?? 0,
    instances: rows.instances ?? 0,
    clusters: rows.clusters ?? 0,
    ...(newestKey && { newestKey: { id: newestKey.id, createdAt: new Date(newestKey.createdAt).toISOString() } }),
    damagedBefore,
    rows,
  };
}
