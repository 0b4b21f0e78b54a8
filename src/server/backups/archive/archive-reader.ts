import type { KeyObject } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { RootwardError } from '../../../contract/errors.ts';
import { CHUNK_BYTES, CHUNK_TAG_BYTES, chunkKey, openChunk } from '../../../crypto/backup-archive.ts';
import { authenticateHeader, damaged, type ReadHeader, readHeader } from './archive-header.ts';

const SEALED_BYTES = CHUNK_BYTES + CHUNK_TAG_BYTES;
const NEWLINE = 10;

export interface ArchiveRecord {
  readonly value: unknown;
  /** The chunk in which it ends, counted from 1. */
  readonly chunk: number;
}

export interface ArchiveReader extends AsyncDisposable {
  readonly read: ReadHeader;
  /** Authenticates the header and then, chunk by chunk, everything. Throws BACKUP_DAMAGED with the place and the reason. */
  records(backupKey: KeyObject): AsyncGenerator<ArchiveRecord>;
}

/** Opens an archive and reads its header. Throws BACKUP_FILE or BACKUP_DAMAGED. */
export async function openArchive(path: string): Promise<ArchiveReader> {
  const file = await onDisk(path, () => open(path, 'r'));
  try {
    const read = await onDisk(path, () => readHeader(file));
    return {
      read,
      records: (backupKey) => records(file, read, backupKey),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file that cannot be read says nothing about the backup in it. */
async function onDisk<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof RootwardError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new RootwardError('BACKUP_FILE', { message: `${path} cannot be read: ${String(code)}.`, cause });
  }
}

async function* records(file: FileHandle, read: ReadHeader, backupKey: KeyObject): AsyncGenerator<ArchiveRecord> {
  authenticateHeader(read, backupKey);
  let held: Buffer = Buffer.alloc(0);
  let chunk = 0;
  for await (const content of chunks(file, read, backupKey)) {
    chunk += 1;
    held = Buffer.concat([held, content]);
    let start = 0;
    for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE, start)) {
      yield { value: parseLine(held.subarray(start, end), chunk), chunk };
      start = end + 1;
    }
    held = held.subarray(start);
  }
  if (held.length > 0) throw damaged(`Chunk ${chunk} ends within a record.`);
}

async function* chunks(file: FileHandle, { end, salt, bytes }: ReadHeader, backupKey: KeyObject): AsyncGenerator<Buffer> {
  const key = chunkKey(backupKey, salt, bytes);
  const { size } = await file.stat();
  if (size <= end) throw damaged('The file ends after its header: it was cut off.');
  const buffer = Buffer.alloc(SEALED_BYTES);
  for (let index = 0, at = end; at < size; index += 1) {
    const length = await fill(file, buffer, Math.min(SEALED_BYTES, size - at), at);
    const sealed = buffer.subarray(0, length);
    at += length;
    const isLast = at >= size;
    const content = openChunk(key, index, isLast, sealed);
    if (content === undefined) throw notOpened(key, index, isLast, sealed);
    yield content;
  }
}

/** Tells a cut from an addition from a change. */
function notOpened(key: KeyObject, index: number, isLast: boolean, sealed: Buffer): RootwardError {
  const chunk = `Chunk ${index + 1}`;
  if (openChunk(key, index, !isLast, sealed) === undefined)
    return damaged(`${chunk} does not authenticate: it was changed, cut, repeated or moved.`);
  if (isLast) return damaged(`The file ends after chunk ${index + 1}, which is not the last one: it was cut off.`);
  return damaged(`${chunk} is the last one, and something was added after it.`);
}

async function fill(file: FileHandle, buffer: Buffer, length: number, position: number): Promise<number> {
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) throw damaged('The file became shorter while it was read.');
    at += bytesRead;
  }
  return length;
}

function parseLine(line: Buffer, chunk: number): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch (cause) {
    throw new RootwardError('BACKUP_DAMAGED', { message: `Chunk ${chunk} holds something that is no record.`, cause });
  }
}
