import { createHash } from 'node:crypto';
import { KEY_ID_BYTES, keyIdBytes, keyIdFromBytes } from '../../contract/agents/key-id.ts';
import { RootwardError } from '../../contract/errors.ts';
import { compactWrapped, expandWrapped, uuidText } from './wrapped-form.ts';

/**
 * What kube-apiserver stores beside every object, one layout for version 1 and 2 of its KMS interface:
 *
 *     format 1 | epoch 4 | number 4 | key id 25 | instance 16 | root key 16 | length 2, wrapped local KEK | nonce 12 | ciphertext | tag 16
 *
 * Everything before the nonce is the header: it says which root key opens the local KEK, and it is authenticated.
 */
export const BLOB_FORMAT = 1;
export const BLOB_MAX_BYTES = 512;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

const FIXED_BYTES = 1 + 4 + 4 + KEY_ID_BYTES + 16 + 16 + 2;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_UINT32 = 0xffffffff;

/** A local KEK as others see it: wrapped by a root key, bound to one activation. */
export interface WrappedKek {
  readonly epoch: number;
  readonly number: number;
  /** The activation's `key_id`. */
  readonly keyId: string;
  readonly instanceId: string;
  readonly rootKeyId: string;
  /** The key service's ciphertext of the local KEK, base64. */
  readonly wrapped: string;
  /** The header bytes that say all of the above. */
  readonly header: Buffer;
  /** SHA-256 of the header, hex: the name of this KEK in memory. */
  readonly hash: string;
}

export interface Blob {
  readonly kek: WrappedKek;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** A wrapped local KEK with its header. Throws RangeError if a field does not fit the layout. */
export function wrappedKek(fields: Omit<WrappedKek, 'header' | 'hash'>): WrappedKek {
  const { epoch, number, keyId, instanceId, rootKeyId } = fields;
  for (const value of [epoch, number]) {
    if (!Number.isInteger(value) || value < 0 || value > MAX_UINT32)
      throw new RangeError('epoch and number are unsigned 32-bit integers');
  }
  const wrapped = compactWrapped(fields.wrapped);
  const header = Buffer.alloc(FIXED_BYTES);
  header[0] = BLOB_FORMAT;
  header.writeUInt32BE(epoch, 1);
  header.writeUInt32BE(number, 5);
  header.set(keyIdBytes(keyId), 9);
  header.set(uuidBytes(instanceId), 9 + KEY_ID_BYTES);
  header.set(uuidBytes(rootKeyId), 25 + KEY_ID_BYTES);
  if (FIXED_BYTES + wrapped.length + NONCE_BYTES + TAG_BYTES >= BLOB_MAX_BYTES)
    throw new RangeError('the wrapped local KEK is too long for a blob');
  header.writeUInt16BE(wrapped.length, FIXED_BYTES - 2);
  return named({ ...fields, header: Buffer.concat([header, wrapped]) });
}

/** The bytes of a blob. Throws INVALID_FIELD if the sealed data would make it longer than `BLOB_MAX_BYTES`. */
export function encodeBlob(blob: Blob): Buffer {
  const bytes = Buffer.concat([blob.kek.header, blob.nonce, blob.ciphertext, blob.tag]);
  if (bytes.length > BLOB_MAX_BYTES)
    throw new RootwardError('INVALID_FIELD', { message: `a blob has at most ${BLOB_MAX_BYTES} bytes` });
  return bytes;
}

/** Reads a blob; exactly one encoding is accepted. Throws BLOB_INVALID. Nothing is authenticated yet. */
export function decodeBlob(input: Uint8Array): Blob {
  const bytes = Buffer.from(input);
  if (bytes.length > BLOB_MAX_BYTES) throw new RootwardError('BLOB_INVALID', { message: 'the ciphertext is too long' });
  if (bytes[0] !== BLOB_FORMAT) throw new RootwardError('BLOB_INVALID', { message: 'the ciphertext has an unknown format' });
  const headerEnd = bytes.length < FIXED_BYTES ? Number.POSITIVE_INFINITY : FIXED_BYTES + bytes.readUInt16BE(FIXED_BYTES - 2);
  if (bytes.length <= headerEnd + NONCE_BYTES + TAG_BYTES)
    throw new RootwardError('BLOB_INVALID', { message: 'the ciphertext is truncated' });
  const uuidsAt = 9 + KEY_ID_BYTES;
  let wrapped: string;
  try {
    wrapped = expandWrapped(bytes.subarray(FIXED_BYTES, headerEnd));
  } catch (cause) {
    throw new RootwardError('BLOB_INVALID', { message: 'the wrapped local KEK in the ciphertext is malformed', cause });
  }
  const kek = named({
    epoch: bytes.readUInt32BE(1),
    number: bytes.readUInt32BE(5),
    keyId: keyIdFromBytes(bytes.subarray(9, uuidsAt)),
    instanceId: uuidText(bytes.subarray(uuidsAt, uuidsAt + 16)),
    rootKeyId: uuidText(bytes.subarray(uuidsAt + 16, uuidsAt + 32)),
    wrapped,
    header: bytes.subarray(0, headerEnd),
  });
  return {
    kek,
    nonce: bytes.subarray(headerEnd, headerEnd + NONCE_BYTES),
    ciphertext: bytes.subarray(headerEnd + NONCE_BYTES, bytes.length - TAG_BYTES),
    tag: bytes.subarray(bytes.length - TAG_BYTES),
  };
}

function named(fields: Omit<WrappedKek, 'hash'>): WrappedKek {
  return { ...fields, hash: createHash('sha256').update(fields.header).digest('hex') };
}

function uuidBytes(uuid: string): Buffer {
  if (!UUID.test(uuid)) throw new RangeError('instances and root keys are named by lower-case UUIDs');
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
