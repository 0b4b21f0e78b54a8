import type { KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RootwardError } from '../../../contract/errors.ts';
import { CHUNK_BYTES, chunkKey, headerMac, sealChunk } from '../../../crypto/backup-archive.ts';
import { failpoint } from '../../failpoint.ts';
import { type ArchiveHeader, encodeHeader } from './archive-header.ts';

/** Between these two an archive is unfinished, and its name says so. */
export const PARTIAL = '.partial-';

export interface ArchiveWriter {
  /** Adds one record; it is on its way to the disk when the promise resolves. */
  add(record: unknown): Promise<void>;
  /** Seals the last chunk, makes the file durable and gives it its name. Its size in bytes. */
  finish(): Promise<number>;
  /** Removes what was written so far. */
  abandon(): Promise<void>;
}

/**
 * Writes an archive beside its final name, mode 0600, and renames it when all of it is on the disk. Throws BACKUP_FILE if something
 * is there already, or nothing can be written there.
 */
export async function openArchiveWriter(path: string, header: ArchiveHeader, backupKey: KeyObject): Promise<ArchiveWriter> {
  if (await stat(path).catch(() => undefined)) throw fileError(`${path} exists already.`, 'Name a new file.');
  const partial = `${path}${PARTIAL}${header.id}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600).catch((cause: unknown) => {
    throw fileError(`${partial} cannot be written: ${String((cause as NodeJS.ErrnoException).code)}.`, undefined, cause);
  });
  const salt = Buffer.from(header.salt, 'base64');
  const head = encodeHeader(header);
  const key = chunkKey(backupKey, salt, head);
  let size = 0;
  let index = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  const write = async (bytes: Buffer): Promise<void> => {
    size += bytes.length;
    await writeAll(file, bytes);
  };
  const seal = (content: Buffer, isLast: boolean): Promise<void> => write(sealChunk(key, index++, isLast, content));

  await write(Buffer.concat([head, headerMac(backupKey, salt, head)]));
  return {
    async add(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`, 'utf8');
      waiting.push(line);
      waitingBytes += line.length;
      // A full chunk is sealed only when something follows it: the last one has to say that it is the last.
      if (waitingBytes <= CHUNK_BYTES) return;
      let all = Buffer.concat(waiting);
      for (; all.length > CHUNK_BYTES; all = all.subarray(CHUNK_BYTES)) await seal(all.subarray(0, CHUNK_BYTES), false);
      waiting = [all];
      waitingBytes = all.length;
      failpoint('backup-chunk');
    },

    async finish() {
      await seal(Buffer.concat(waiting), true);
      await file.sync();
      await file.close();
      failpoint('backup-rename');
      await rename(partial, path);
      await syncDirectory(dirname(path));
      return size;
    },

    async abandon() {
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

function fileError(message: string, hint?: string, cause?: unknown): RootwardError {
  return new RootwardError('BACKUP_FILE', {
    message,
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}
