/**
 * The key service answers a wrapped key as base64 of JSON. Inside a blob, which etcd stores beside every object, the same
 * text is written in binary fields. The two forms are exchangeable without loss, and each text has exactly one binary form.
 */
const COMPACT = 1;
const PLAIN = 0;
const HANDLE_BYTES = 16;

/** The binary form of a wrapped key (the key service's base64 text). Throws RangeError if the text is not canonical base64. */
export function compactWrapped(text: string): Buffer {
  const json = Buffer.from(text, 'base64');
  if (json.length === 0 || json.toString('base64') !== text) throw new RangeError('a wrapped key is canonical base64');
  return compactJson(json, text) ?? Buffer.concat([Buffer.of(PLAIN), json]);
}

/** The key service's text from its binary form. Throws RangeError for bytes that `compactWrapped` never makes. */
export function expandWrapped(bytes: Uint8Array): string {
  const text = bytes[0] === COMPACT ? expandJson(Buffer.from(bytes)) : Buffer.from(bytes.subarray(1)).toString('base64');
  if (bytes.length < 2 || !compactWrapped(text).equals(bytes)) throw new RangeError('not the binary form of a wrapped key');
  return text;
}

function compactJson(json: Buffer, text: string): Buffer | undefined {
  const fields = parse(json.toString('utf8'));
  if (fields === undefined) return undefined;
  const version = Buffer.from(fields.version, 'latin1');
  const handle = Buffer.from(fields.handle.replaceAll('-', ''), 'hex');
  const iv = Buffer.from(fields.iv, 'base64');
  if (version.length > 255 || iv.length > 255 || handle.length !== HANDLE_BYTES) return undefined;
  const compact = Buffer.concat([
    Buffer.of(COMPACT, version.length),
    version,
    handle,
    Buffer.of(iv.length),
    iv,
    Buffer.from(fields.ciphertext, 'base64'),
  ]);
  return expandJson(compact) === text ? compact : undefined;
}

function expandJson(compact: Buffer): string {
  const versionEnd = 2 + (compact[1] ?? 0);
  const handleEnd = versionEnd + HANDLE_BYTES;
  const ivEnd = handleEnd + 1 + (compact[handleEnd] ?? 0);
  if (ivEnd > compact.length) throw new RangeError('not the binary form of a wrapped key');
  const fields = {
    ciphertext: compact.subarray(ivEnd).toString('base64'),
    iv: compact.subarray(handleEnd + 1, ivEnd).toString('base64'),
    version: compact.subarray(2, versionEnd).toString('latin1'),
    handle: uuidText(compact.subarray(versionEnd, handleEnd)),
  };
  return Buffer.from(JSON.stringify(fields)).toString('base64');
}

function parse(json: string): Record<'ciphertext' | 'iv' | 'version' | 'handle', string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Not JSON: an answer of another shape, kept as it is.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { ciphertext, iv, version, handle } = value as Record<string, unknown>;
  if (typeof ciphertext !== 'string' || typeof iv !== 'string' || typeof version !== 'string' || typeof handle !== 'string')
    return undefined;
  return { ciphertext, iv, version, handle };
}

/** 16 bytes as a lower-case UUID. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
