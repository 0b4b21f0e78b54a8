import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';
import { encodeList } from './length-prefixed.ts';

/** One field of a stored record: its name, and text, a whole number or nothing. */
export type RecordField = readonly [name: string, value: unknown];

const FORMAT = 1;
const FORMAT_NAME = 'rootward-record-mac-1';

/**
 * What proves that a stored record is as the server wrote it: format byte ‖ HMAC-SHA-256 over `kind` and every field, by name, in the
 * given order. Nothing, an empty text, 0 and "0" are four different values. Throws INTERNAL for a value of another type.
 */
export function recordMac(key: KeyObject, kind: string, fields: readonly RecordField[]): Buffer {
  const parts = fields.flatMap(([name, value]) => {
    const encoded = encodeValue(value);
    if (encoded === undefined) throw new RootwardError('INTERNAL', { message: `${kind}: ${name} is no value of a record.` });
    return [name, encoded];
  });
  const mac = createHmac('sha256', key).update(encodeList([FORMAT_NAME, kind, ...parts]));
  return Buffer.concat([Buffer.of(FORMAT), mac.digest()]);
}

/** Is it the record that `mac` was made of? No for every other cause too: no MAC at all, one of another format, other types of values. */
export function isRecordAuthentic(
  key: KeyObject,
  kind: string,
  fields: readonly RecordField[],
  mac: Uint8Array | null | undefined,
): boolean {
  if (!(mac instanceof Uint8Array) || fields.some(([, value]) => encodeValue(value) === undefined)) return false;
  const expected = recordMac(key, kind, fields);
  return mac.length === expected.length && timingSafeEqual(mac, expected);
}

/** A value after the letter of its type. Undefined: it is none, such as text that is not valid Unicode. */
function encodeValue(value: unknown): string | undefined {
  if (value === null) return 'n';
  if (typeof value === 'string') return value.isWellFormed() ? `t${value}` : undefined;
  return Number.isSafeInteger(value) ? `i${String(value)}` : undefined;
}
