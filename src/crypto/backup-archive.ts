import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * The sealing of a backup archive: a header in clear with its HMAC, then chunks under AES-256-GCM. Both keys are the archive's own,
 * derived from the barrier's key `backup` and a random salt, so a counter is a safe nonce. The nonce also says which chunk is the
 * last, and the chunk key depends on the header: nothing can be cut, moved, repeated, appended or taken from another archive.
 */
export const CHUNK_BYTES = 64 * 1024;
export const CHUNK_TAG_BYTES = 16;
export const SALT_BYTES = 32;
export const HEADER_MAC_BYTES = 32;

const FORMAT_NAME = 'rootward-backup-1';

/** HMAC-SHA256 of the header's bytes, as it stands behind them. `backupKey` is the barrier's key `backup`. */
export function headerMac(backupKey: KeyObject, salt: Uint8Array, header: Uint8Array): Buffer {
  return createHmac('sha256', derive(backupKey, salt, Buffer.from('header')))
    .update(header)
    .digest();
}

/** The key of an archive's chunks. */
export function chunkKey(backupKey: KeyObject, salt: Uint8Array, header: Uint8Array): KeyObject {
  return derive(backupKey, salt, Buffer.concat([Buffer.from('chunks'), createHash('sha256').update(header).digest()]));
}

/** Ciphertext followed by its tag. `index` counts the chunks from 0; every one but the last has `CHUNK_BYTES` of content. */
export function sealChunk(key: KeyObject, index: number, isLast: boolean, content: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: CHUNK_TAG_BYTES });
  const ciphertext = cipher.update(content);
  cipher.final();
  return Buffer.concat([ciphertext, cipher.getAuthTag()]);
}

/** The content, or undefined if this is not, unchanged, the chunk with this index that is (not) the last. */
export function openChunk(key: KeyObject, index: number, isLast: boolean, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < CHUNK_TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: CHUNK_TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - CHUNK_TAG_BYTES));
  const content = decipher.update(sealed.subarray(0, sealed.length - CHUNK_TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The only thing final() can report here is a tag that does not match; unauthenticated content must not survive it.
    content.fill(0);
    return undefined;
  }
  return content;
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 0);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function derive(backupKey: KeyObject, salt: Uint8Array, use: Uint8Array): KeyObject {
  const raw = Buffer.from(hkdfSync('sha256', backupKey, salt, Buffer.concat([Buffer.from(`${FORMAT_NAME}/`), use]), 32));
  const key = createSecretKey(raw);
  raw.fill(0);
  return key;
}
