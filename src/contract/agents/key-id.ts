/** What makes one activation of a root key unlike every other one that a cluster ever had. */
export interface ActivationIdentity {
  /** Restore epoch of the server, 0…2^32-1. */
  readonly epoch: number;
  /** Counts the activations of one cluster, 0…2^32-1. */
  readonly number: number;
  /** 128 random bits as 32 lower-case hex digits. */
  readonly nonce: string;
  /** UUID of the root key. */
  readonly keyId: string;
  /** UUID of the root key's version. */
  readonly keyVersionId: string;
}

/** Bytes of the digest that a `key_id` shows. */
export const KEY_ID_BYTES = 25;
/** The form of every `key_id`: 25 bytes as 40 base32 characters behind a prefix. */
export const KEY_ID_PATTERN = /^rw1\.[a-z2-7]{40}$/;

const PREFIX = 'rw1.';
const PURPOSE = 'rootward.activation.v1';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The `key_id` that a provider reports for an activation. Public, and never the same for two activations.
 * `sha256` maps bytes to their 32-byte digest.
 */
export function activationKeyId(activation: ActivationIdentity, sha256: (bytes: Uint8Array) => Uint8Array): string {
  return keyIdFromBytes(sha256(encodeActivation(activation)).subarray(0, KEY_ID_BYTES));
}

/** Every field behind its length as four bytes, so that no two activations share an encoding. */
export function encodeActivation(activation: ActivationIdentity): Uint8Array {
  const { epoch, number, nonce, keyId, keyVersionId } = activation;
  const text = new TextEncoder();
  const fields = [PURPOSE, String(epoch), String(number), nonce, keyId, keyVersionId].map((field) => text.encode(field));
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + 4 + field.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    view.setUint32(at, field.length);
    bytes.set(field, at + 4);
    at += 4 + field.length;
  }
  return bytes;
}

/** A `key_id` from its 25 bytes. Throws RangeError for any other length. */
export function keyIdFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== KEY_ID_BYTES) throw new RangeError(`a key id has ${KEY_ID_BYTES} bytes`);
  let text = PREFIX;
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31);
  }
  return text;
}

/** The 25 bytes of a `key_id`. Throws RangeError if the text is not one. */
export function keyIdBytes(keyId: string): Uint8Array {
  if (!KEY_ID_PATTERN.test(keyId)) throw new RangeError('not a key id');
  const bytes = new Uint8Array(KEY_ID_BYTES);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of keyId.slice(PREFIX.length)) {
    held = ((held << 5) | ALPHABET.indexOf(character)) & 0x1fff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}

/** Order of activations: first by epoch, then by number. Negative when `a` is older. */
export function compareActivations(
  a: Pick<ActivationIdentity, 'epoch' | 'number'>,
  b: Pick<ActivationIdentity, 'epoch' | 'number'>,
): number {
  return a.epoch - b.epoch || a.number - b.number;
}
