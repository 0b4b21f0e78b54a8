import { RootwardError } from '../contract/errors.ts';

const PREFIX = 4;

/**
 * One byte string for a list of byte strings, such that different lists never give the same bytes:
 * number of parts, then each part after its length (all 32-bit, big-endian). Text is UTF-8.
 * Throws INVALID_FIELD for text that UTF-8 cannot carry (lone surrogates), because two such texts would encode alike.
 */
export function encodeList(parts: readonly (string | Uint8Array)[]): Buffer {
  let size = PREFIX;
  for (const part of parts) size += PREFIX + byteLength(part);
  const encoded = Buffer.allocUnsafe(size);
  let offset = encoded.writeUInt32BE(parts.length, 0);
  for (const part of parts) {
    if (typeof part === 'string') {
      const written = encoded.write(part, offset + PREFIX, 'utf8');
      encoded.writeUInt32BE(written, offset);
      offset += PREFIX + written;
    } else {
      encoded.writeUInt32BE(part.length, offset);
      encoded.set(part, offset + PREFIX);
      offset += PREFIX + part.length;
    }
  }
  return encoded;
}

function byteLength(part: string | Uint8Array): number {
  if (typeof part !== 'string') return part.length;
  if (!part.isWellFormed())
    throw new RootwardError('INVALID_FIELD', {
      message: 'A text contains half of a surrogate pair, which is not valid Unicode.',
    });
  return Buffer.byteLength(part, 'utf8');
}
