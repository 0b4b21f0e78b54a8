import { createHash } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { SecretBytes } from '../secret-bytes.ts';
import type { Seal } from './envelope.ts';
import { sealFrom } from './seal-key.ts';

// Crockford's alphabet: no I, L, O or U, so that what is read aloud or copied by hand is not mistaken.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_BYTES = 20;
const CHECK_CHARACTERS = 4;
const CHARACTERS = (SECRET_BYTES * 8) / 5 + CHECK_CHARACTERS;
const GROUP = 4;

/**
 * A new recovery code for a person to keep: 160 random bits and a checksum as nine groups of four characters. Its seal really opens
 * the barrier key. With that many bits no guessing can work, so the key is derived fast (HKDF) rather than slowly.
 */
export function createRecoveryCode(): string {
  using secret = SecretBytes.random(SECRET_BYTES);
  const characters = secret.use((bytes) => toCharacters(bytes) + checksum(bytes));
  return characters.match(/.{4}/g)?.join('-') ?? characters;
}

/** The seal of a code as a person types it (any case, spaces and dashes anywhere). Throws RECOVERY_CODE for a slip of the hand. */
export function recoveryCodeSeal(code: string): Seal {
  const characters = code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (characters.length !== CHARACTERS) {
    throw new RootwardError('RECOVERY_CODE', {
      message: `A recovery code has ${CHARACTERS / GROUP} groups of ${GROUP} characters; this one has ${characters.length} characters.`,
    });
  }
  using secret = SecretBytes.take(toBytes(characters.slice(0, -CHECK_CHARACTERS)));
  const expected = secret.use(checksum);
  // Not a secret comparison: the checksum only finds typing errors and says nothing about which codes open anything.
  if (characters.slice(-CHECK_CHARACTERS) !== expected) throw new RootwardError('RECOVERY_CODE');
  return sealFrom('recovery-code', secret);
}

/** Twenty bits, so one slip in a million goes unnoticed here (and then opens nothing). */
function checksum(bytes: Uint8Array): string {
  const digest = createHash('sha256').update('rootward-recovery-code-1').update(bytes).digest();
  return toCharacters(digest.subarray(0, 5)).slice(0, CHECK_CHARACTERS);
}

function toCharacters(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

function toBytes(characters: string): Buffer {
  const bytes = Buffer.alloc((characters.length * 5) / 8);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of characters) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RootwardError('RECOVERY_CODE', { message: `A recovery code contains no "${character}".` });
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      at = bytes.writeUInt8((held >> bits) & 0xff, at);
    }
    held &= (1 << bits) - 1;
  }
  return bytes;
}
