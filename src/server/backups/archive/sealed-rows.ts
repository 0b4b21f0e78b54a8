import type { Row } from '../../../store/whole-store.ts';
import type { SealedInstance, SealedVersion } from './key-checks.ts';

const NOTHING = new Uint8Array();

export function instanceOf(row: Row): SealedInstance {
  return { guid: String(row.guid), accountId: String(row.account_id), sealedKey: bytesOf(row.sealed_key) };
}

export function versionOf(key: Row, version: Row): SealedVersion {
  return {
    id: String(version.id),
    keyId: String(version.key_id),
    accountId: String(version.account_id),
    instanceId: String(version.instance_id),
    sealedMaterial: bytesOf(version.sealed_material),
    extractable: key.extractable === 1,
  };
}

const bytesOf = (value: Row[string] | undefined): Uint8Array => (value instanceof Uint8Array ? value : NOTHING);
