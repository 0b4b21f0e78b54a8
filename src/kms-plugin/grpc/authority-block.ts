/**
 * kube-apiserver up to 1.28 sends the path of the socket as `:authority`, and HTTP/2 servers refuse a `/` there. This puts
 * `localhost` in its place, inside a header block (RFC 7541) whose every other byte stays.
 */
const AUTHORITY_INDEX = 1;
const LOCALHOST = Buffer.from('localhost');
const LOCALHOST_HUFFMAN = Buffer.from('a0e41d139d09', 'hex');

/** The block with `localhost` as its authority. A block that does not say it, or that is cut off before, comes back as it is. */
export function withLocalhost(block: Buffer): Buffer {
  let at = 0;
  for (;;) {
    const first = block[at];
    if (first === undefined) return block;
    if ((first & 0x80) !== 0 || (first & 0xe0) === 0x20) {
      // An indexed field, or a new table size: one integer.
      const integer = readInteger(block, at, (first & 0x80) !== 0 ? 7 : 5);
      if (integer === undefined) return block;
      at = integer.end;
      continue;
    }
    const name = readInteger(block, at, (first & 0x40) !== 0 ? 6 : 4);
    const valueAt = name?.value === 0 ? readString(block, name.end)?.end : name?.end;
    const value = valueAt === undefined ? undefined : readString(block, valueAt);
    if (name === undefined || valueAt === undefined || value === undefined) return block;
    if (name.value === AUTHORITY_INDEX) {
      if (value.bytes.equals(LOCALHOST) || value.bytes.equals(LOCALHOST_HUFFMAN)) return block;
      return Buffer.concat([block.subarray(0, valueAt), Buffer.of(LOCALHOST.length), LOCALHOST, block.subarray(value.end)]);
    }
    at = value.end;
  }
}

function readString(block: Buffer, at: number): { bytes: Buffer; end: number } | undefined {
  const length = readInteger(block, at, 7);
  if (length === undefined || length.end + length.value > block.length) return undefined;
  const end = length.end + length.value;
  return { bytes: block.subarray(length.end, end), end };
}

/** An integer with a prefix of so many bits (RFC 7541 §5.1); undefined if it is cut off or absurd. */
function readInteger(block: Buffer, at: number, prefixBits: number): { value: number; end: number } | undefined {
  const first = block[at];
  if (first === undefined) return undefined;
  const most = 2 ** prefixBits - 1;
  let value = first & most;
  if (value < most) return { value, end: at + 1 };
  for (let shift = 0, end = at + 1; shift <= 21; shift += 7, end += 1) {
    const byte = block[end];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return { value, end: end + 1 };
  }
  return undefined;
}
