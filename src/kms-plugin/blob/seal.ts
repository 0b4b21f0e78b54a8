import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { type Blob, encodeBlob, NONCE_BYTES, TAG_BYTES, type WrappedKek } from './blob.ts';

const CIPHER = 'aes-256-gcm';

/** Seals data under an unwrapped local KEK. `random` gives a nonce that is never used twice. Throws INVALID_FIELD for empty or too long data. */
export function sealData(
  key: KeyObject,
  kek: WrappedKek,
  clusterId: string,
  plaintext: Uint8Array,
  random: (bytes: number) => Buffer,
): Buffer {
  if (plaintext.length === 0) throw new RootwardError('INVALID_FIELD', { message: 'there is nothing to seal' });
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(localAad(kek, clusterId));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return encodeBlob({ kek, nonce, ciphertext, tag: cipher.getAuthTag() });
}

/** The data inside a blob. Throws BLOB_DAMAGED if anything in it, or its cluster, is not what was sealed. */
export function openData(key: KeyObject, blob: Blob, clusterId: string): Buffer {
  const decipher = createDecipheriv(CIPHER, key, blob.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(localAad(blob.kek, clusterId));
  decipher.setAuthTag(blob.tag);
  const plaintext = decipher.update(blob.ciphertext);
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch (cause) {
    throw new RootwardError('BLOB_DAMAGED', { cause });
  } finally {
    plaintext.fill(0);
  }
}

/** The header measures itself, so the cluster id behind it cannot be confused with a part of it. */
function localAad(kek: WrappedKek, clusterId: string): Buffer {
  return Buffer.concat([kek.header, Buffer.from(clusterId, 'utf8')]);
}
