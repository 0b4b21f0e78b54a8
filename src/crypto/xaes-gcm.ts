import { type Cipheriv, createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';

/**
 * XAES-256-GCM (C2SP): the first half of a 192-bit nonce derives an AES-256-GCM key for this message, the second half is its nonce.
 * Random nonces then never come near the limit of messages that plain AES-GCM has for one key.
 */
export const NONCE_BYTES = 24;
export const TAG_BYTES = 16;

const KEY_BYTES = 32;
const HALF = NONCE_BYTES / 2;
const BLOCK = 16;
/** Derived keys that are kept of one key: nonces of a series select the same one (ADR 14), and blobs of a few series are opened by turns. */
const KEPT = 32;

interface Derivation {
  /** ECB without padding keeps no state between blocks, so one cipher serves every message of a key. */
  readonly blocks: Cipheriv;
  /** The CMAC subkey K1 of the key. */
  readonly subkey: Buffer;
  /** Derived keys by the half of the nonce that selects them; the oldest leaves first. */
  readonly kept: Map<string, KeyObject>;
}

const derivations = new WeakMap<KeyObject, Derivation>();
// The two input blocks of the derivation; overwritten at each call, which is safe because no call is suspended half way.
const input = Buffer.alloc(2 * BLOCK);

/** Ciphertext followed by its 16-byte tag. The nonce is 24 bytes and must be random or never have been used with this key. */
export function xaesSeal(key: KeyObject, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', messageKey(key, nonce), nonce.subarray(HALF), { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  const sealed = Buffer.allocUnsafe(ciphertext.length + TAG_BYTES);
  sealed.set(ciphertext);
  sealed.set(cipher.getAuthTag(), ciphertext.length);
  return sealed;
}

/** The plaintext in a buffer of its own, or undefined if anything at all does not fit. */
export function xaesOpen(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer | undefined {
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', messageKey(key, nonce), nonce.subarray(HALF), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The only thing final() can report here is a tag that does not match; unauthenticated plaintext must not survive it.
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}

function messageKey(key: KeyObject, nonce: Uint8Array): KeyObject {
  const derivation = derivationOf(key);
  const { kept } = derivation;
  const half = Buffer.from(nonce.buffer, nonce.byteOffset, HALF).toString('latin1');
  const known = kept.get(half);
  if (known !== undefined) return known;
  const derived = derive(derivation, nonce);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(half, derived);
  return derived;
}

function derive({ blocks, subkey }: Derivation, nonce: Uint8Array): KeyObject {
  input.fill(0);
  input[1] = 1;
  input[BLOCK + 1] = 2;
  input[2] = input[BLOCK + 2] = 0x58; // 'X'
  input.set(nonce.subarray(0, HALF), BLOCK - HALF);
  input.set(nonce.subarray(0, HALF), 2 * BLOCK - HALF);
  for (let at = 0; at < BLOCK; at += 1) {
    const mask = subkey[at] ?? 0;
    input[at] = (input[at] ?? 0) ^ mask;
    input[BLOCK + at] = (input[BLOCK + at] ?? 0) ^ mask;
  }
  const raw = blocks.update(input);
  const derived = createSecretKey(raw);
  raw.fill(0);
  return derived;
}

function derivationOf(key: KeyObject): Derivation {
  const known = derivations.get(key);
  if (known !== undefined) return known;
  if (key.type !== 'secret' || key.symmetricKeySize !== KEY_BYTES) {
    throw new RootwardError('INTERNAL', { message: 'A sealing key is not a secret of 256 bits.' });
  }
  const blocks = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const derivation = { blocks, subkey: doubled(blocks.update(Buffer.alloc(BLOCK))), kept: new Map<string, KeyObject>() };
  derivations.set(key, derivation);
  return derivation;
}

/** Multiplication by x in GF(2^128), as CMAC defines its first subkey. */
function doubled(block: Buffer): Buffer {
  const result = Buffer.alloc(BLOCK);
  let carry = 0;
  for (let at = BLOCK - 1; at >= 0; at -= 1) {
    const byte = block.readUInt8(at);
    result.writeUInt8(((byte << 1) | carry) & 0xff, at);
    carry = byte >> 7;
  }
  if (carry === 1) result.writeUInt8(result.readUInt8(BLOCK - 1) ^ 0x87, BLOCK - 1);
  block.fill(0);
  return result;
}
