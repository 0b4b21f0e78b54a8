import { type KeyObject, timingSafeEqual } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { RootwardError } from '../../../contract/errors.ts';
import { HEADER_MAC_BYTES, headerMac, SALT_BYTES } from '../../../crypto/backup-archive.ts';

const MAGIC = Buffer.from('rootward-backup-1\n', 'latin1');
const LENGTH_BYTES = 4;
const MAX_HEADER_BYTES = 1024 * 1024;

/** What an archive says of itself in clear. It is believed once `authenticateHeader` has passed. */
export const ArchiveHeader = Type.Object(
  {
    format: Type.Literal(1),
    id: Type.String({ minLength: 1, maxLength: 64 }),
    /** RFC 3339. */
    createdAt: Type.String(),
    serverId: Type.String(),
    /** The restore epoch of the server that made it. */
    epoch: Type.Integer({ minimum: 0, maximum: 0xffff_fffe }),
    /** The newest migration of its store. */
    schema: Type.String(),
    /** base64 of 32 random bytes. */
    salt: Type.String(),
    /** Each, as JSON text, holds the barrier key: any one opens the archive. */
    envelopes: Type.Array(Type.String()),
  },
  { additionalProperties: false },
);
export type ArchiveHeader = Static<typeof ArchiveHeader>;

export interface ReadHeader {
  readonly header: ArchiveHeader;
  readonly salt: Buffer;
  /** The bytes that the MAC covers: everything before it. */
  readonly bytes: Buffer;
  readonly mac: Buffer;
  /** Where the first chunk begins. */
  readonly end: number;
}

/** magic ‖ length as four bytes ‖ JSON: what the MAC covers. */
export function encodeHeader(header: ArchiveHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([MAGIC, length, json]);
}

/** Reads the header at the beginning of a file. Throws BACKUP_DAMAGED where there is none. */
export async function readHeader(file: FileHandle): Promise<ReadHeader> {
  const start = await readExactly(file, 0, MAGIC.length + LENGTH_BYTES);
  if (!start?.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged('The file is not a backup archive of this program.');
  const length = start.readUInt32BE(MAGIC.length);
  if (length > MAX_HEADER_BYTES) throw damaged('The header is damaged: its length is impossible.');
  const rest = await readExactly(file, start.length, length + HEADER_MAC_BYTES);
  if (!rest) throw damaged('The file ends within its header.');
  const header = parse(rest.subarray(0, length));
  const salt = Buffer.from(header.salt, 'base64');
  if (salt.length !== SALT_BYTES) throw damaged('The header is damaged: its salt is not one.');
  const end = start.length + rest.length;
  return { header, salt, bytes: Buffer.concat([start, rest.subarray(0, length)]), mac: rest.subarray(length), end };
}

/** Throws BACKUP_DAMAGED unless the header is, to the bit, as it was written under this key. */
export function authenticateHeader(read: ReadHeader, backupKey: KeyObject): void {
  if (timingSafeEqual(headerMac(backupKey, read.salt, read.bytes), read.mac)) return;
  throw damaged('The header does not authenticate: it was changed after the backup was made.');
}

export function damaged(message: string): RootwardError {
  return new RootwardError('BACKUP_DAMAGED', { message, hint: 'Use another backup.' });
}

function parse(json: Buffer): ArchiveHeader {
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw new RootwardError('BACKUP_DAMAGED', { message: 'The header is damaged: it is not JSON.', cause });
  }
  if (typeof value === 'object' && value !== null && 'format' in value && Number(value.format) > 1)
    throw new RootwardError('NOT_SUPPORTED', { message: 'The archive was made by a newer version of this program.' });
  if (!Check(ArchiveHeader, value)) throw damaged('The header is damaged: it is not in its form.');
  return value;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
  }
  return buffer;
}
