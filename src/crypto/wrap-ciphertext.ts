import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';
import { encodeList } from './length-prefixed.ts';
import { NoncePool } from './nonce-pool.ts';
import { NonceSeries } from './nonce-series.ts';
import { SecretBytes } from './secret-bytes.ts';
import { TAG_BYTES, xaesOpen, xaesSeal } from './xaes-gcm.ts';

/** One version of a root key: its id, which is public and inside every blob, and its 256-bit key. */
export interface VersionKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** What a blob says about itself before any key is used. */
export interface ParsedCiphertext {
  /** The id of the key version that wrapped the DEK. */
  readonly handle: string;
  readonly nonce: Buffer;
  /** Wrapped DEK followed by its tag. */
  readonly sealed: Buffer;
}

/** Longest DEK that is wrapped, in bytes. */
export const MAX_DEK_BYTES = 7500;

const FORMAT = 'rw1';
const FORMAT_NAME = 'rootward-wrap-1';
const MAX_TEXT = 16 * 1024;
const VERSION_ID = /^[A-Za-z0-9-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BLOB =
  /^\{"ciphertext":"([A-Za-z0-9+/]+={0,2})","iv":"([A-Za-z0-9+/]{32})","version":"rw1","handle":"([A-Za-z0-9-]{1,64})"\}$/;

const pool = new NoncePool();
const series = new WeakMap<KeyObject, NonceSeries>();

/**
 * The blob that a client keeps: base64 of JSON `{ciphertext, iv, version, handle}`. It opens only with the same key version, the
 * same list of caller AAD and the same encryption domain. Wraps of a version come in series (ADR 14). Throws INVALID_FIELD (target plaintext or aad).
 */
export function wrapDek(version: VersionKey, dek: Uint8Array, aad: readonly string[], domain: string | undefined): string {
  if (dek.length === 0 || dek.length > MAX_DEK_BYTES) {
    throw new RootwardError('INVALID_FIELD', {
      message: `plaintext must have 1 to ${MAX_DEK_BYTES} bytes after base64 decoding.`,
      target: { type: 'field', name: 'plaintext' },
    });
  }
  if (!VERSION_ID.test(version.id))
    throw new RootwardError('INTERNAL', { message: 'The id of a key version is not in its form.' });
  const authenticated = authenticatedData(version.id, aad, domain);
  if (authenticated === undefined) {
    throw new RootwardError('INVALID_FIELD', {
      message: 'aad contains half of a surrogate pair, which is not valid Unicode.',
      target: { type: 'field', name: 'aad' },
    });
  }
  const nonce = seriesOf(version.key).next();
  return blobText({ handle: version.id, nonce, sealed: xaesSeal(version.key, nonce, dek, authenticated) });
}

/** Reads the only accepted form. Throws INVALID_FIELD for text that is not base64 at all, CIPHERTEXT_INVALID for everything else. */
export function parseCiphertext(text: string): ParsedCiphertext {
  if (text === '' || text.length > MAX_TEXT) throw faultOf(text);
  const bytes = Buffer.from(text, 'base64');
  // What its bytes give again is base64; only of what they do not it has to be asked.
  if (!isCanonical(bytes, text)) throw faultOf(text);
  const [, inner, iv, handle] = BLOB.exec(bytes.toString('latin1')) ?? [];
  if (inner === undefined || iv === undefined || handle === undefined) throw new RootwardError('CIPHERTEXT_INVALID');
  const sealed = Buffer.from(inner, 'base64');
  const dekBytes = sealed.length - TAG_BYTES;
  if (dekBytes < 1 || dekBytes > MAX_DEK_BYTES || !isCanonical(sealed, inner)) throw new RootwardError('CIPHERTEXT_INVALID');
  return { handle, nonce: Buffer.from(iv, 'base64'), sealed };
}

function faultOf(text: string): RootwardError {
  if (text.length % 4 === 0 && BASE64.test(text)) return new RootwardError('CIPHERTEXT_INVALID');
  return new RootwardError('INVALID_FIELD', {
    message: 'ciphertext is not base64.',
    target: { type: 'field', name: 'ciphertext' },
  });
}

/** Writing it again must give the same text; otherwise one wrapped DEK would have several blobs. 32 characters have no other form. */
function isCanonical(bytes: Buffer, text: string): boolean {
  return bytes.toString('base64') === text;
}

function seriesOf(key: KeyObject): NonceSeries {
  const known = series.get(key);
  if (known !== undefined) return known;
  const made = new NonceSeries(pool);
  series.set(key, made);
  return made;
}

/** The DEK. Throws CIPHERTEXT_INVALID, with the same words, for every cause. */
export function unwrapDek(
  version: VersionKey,
  parsed: ParsedCiphertext,
  aad: readonly string[],
  domain: string | undefined,
): SecretBytes {
  const authenticated = authenticatedData(version.id, aad, domain);
  if (parsed.handle !== version.id || authenticated === undefined) throw new RootwardError('CIPHERTEXT_INVALID');
  const dek = xaesOpen(version.key, parsed.nonce, parsed.sealed, authenticated);
  if (dek === undefined) throw new RootwardError('CIPHERTEXT_INVALID');
  return SecretBytes.take(dek);
}

function blobText(blob: ParsedCiphertext): string {
  // Nothing here needs escaping, so the text is put together rather than serialised: its bytes are then the same for ever.
  const json = `{"ciphertext":"${blob.sealed.toString('base64')}","iv":"${blob.nonce.toString('base64')}","version":"${FORMAT}","handle":"${blob.handle}"}`;
  return Buffer.from(json, 'latin1').toString('base64');
}

/** Undefined if a text has no UTF-8 form; then no blob can have been made with it. The domain is a list of none or one. */
function authenticatedData(versionId: string, aad: readonly string[], domain: string | undefined): Buffer | undefined {
  if (!aad.every((text) => text.isWellFormed()) || domain?.isWellFormed() === false) return undefined;
  return encodeList([FORMAT_NAME, versionId, encodeList(aad), encodeList(domain === undefined ? [] : [domain])]);
}
