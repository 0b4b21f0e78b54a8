/**
 * What a value in etcd is, by the bytes alone: plain or sealed, by which provider and key. Only what the answer needs is
 * parsed, so that no plaintext is ever copied out of the value. Wire facts: Kubernetes' storage prefixes.
 */
import { RootwardError } from '../../contract/errors.ts';

export type EtcdValue =
  | { readonly form: 'plaintext'; readonly encoding: 'protobuf' | 'json' | 'cbor' }
  | { readonly form: 'kms-v2'; readonly provider: string; readonly keyId: string }
  | { readonly form: 'kms-v1'; readonly provider: string }
  | { readonly form: 'local'; readonly transformer: string; readonly keyName: string };

const PROTOBUF_MAGIC = Buffer.from('k8s\0', 'latin1');
const CBOR_MAGIC = Buffer.from([0xd9, 0xd9, 0xf7]);
const SEALED = Buffer.from('k8s:enc:', 'latin1');
const COLON = 0x3a;
const MAX_NAME = 1024;
const KEY_ID_FIELD = 2;

/** Classifies one value. @throws RootwardError ETCD_VALUE if the bytes are none of the known forms. */
export function classifyEtcdValue(value: Uint8Array): EtcdValue {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (startsWith(bytes, PROTOBUF_MAGIC)) return { form: 'plaintext', encoding: 'protobuf' };
  if (startsWith(bytes, CBOR_MAGIC)) return { form: 'plaintext', encoding: 'cbor' };
  if (bytes[0] === 0x7b) return { form: 'plaintext', encoding: 'json' };
  if (startsWith(bytes, SEALED)) return classifySealed(bytes);
  throw malformed('it starts with no known prefix');
}

function classifySealed(bytes: Buffer): EtcdValue {
  const transformer = segment(bytes, SEALED.length, 'transformer');
  const version = segment(bytes, transformer.next, 'version');
  const name = segment(bytes, version.next, 'name');
  if (transformer.text !== 'kms') return { form: 'local', transformer: transformer.text, keyName: name.text };
  if (version.text === 'v1') return { form: 'kms-v1', provider: name.text };
  if (version.text !== 'v2') throw malformed(`it names the KMS version ${JSON.stringify(version.text)}`);
  return { form: 'kms-v2', provider: name.text, keyId: readKeyId(bytes, name.next) };
}

/** Field 2 of the EncryptedObject message which begins at `start`; every other field is skipped by its length. */
function readKeyId(bytes: Buffer, start: number): string {
  let keyId: string | undefined;
  let at = start;
  while (at < bytes.length) {
    const tag = varint(bytes, at);
    const field = Math.floor(tag.value / 8);
    at = tag.next;
    switch (tag.value % 8) {
      case 0:
        at = varint(bytes, at).next;
        break;
      case 1:
        at += 8;
        break;
      case 5:
        at += 4;
        break;
      case 2: {
        const length = varint(bytes, at);
        at = length.next + length.value;
        if (at > bytes.length) throw malformed('a field is longer than the value');
        if (field === KEY_ID_FIELD) keyId = bytes.toString('utf8', length.next, at);
        break;
      }
      default:
        throw malformed('it has a wire type that is not in use');
    }
  }
  if (at !== bytes.length) throw malformed('its last field is cut off');
  if (keyId === undefined || keyId === '' || keyId.length > MAX_NAME) throw malformed('it has no key id');
  return keyId;
}

function segment(bytes: Buffer, start: number, what: string): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(COLON, start);
  if (end <= start || end - start > MAX_NAME) throw malformed(`its prefix has no ${what}`);
  return { text: bytes.toString('utf8', start, end), next: end + 1 };
}

function varint(bytes: Buffer, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) throw malformed('it is cut off');
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  // No length or tag of a real value needs more than five bytes.
  throw malformed('a number in it is too long');
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.length >= prefix.length && prefix.equals(bytes.subarray(0, prefix.length));
}

function malformed(why: string): RootwardError {
  return new RootwardError('ETCD_VALUE', { message: `A value in etcd could not be classified: ${why}.` });
}
