import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../crypto/row.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import type { VersionKey } from '../../crypto/wrap-ciphertext.ts';
import type { InstanceRow } from '../../store/instances.ts';
import { findKeyVersion } from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';

const ROOT_KEY_BYTES = 32;

/**
 * Opens and makes key material: barrier key → instance key → key version. Opened keys stay in memory as KeyObjects, the least
 * recently used leave first. Rows are immutable, so nothing here can be stale; whether a key may be *used* is never decided here.
 */
export interface KeyMaterial {
  /** A sealed new instance key, for the row of a new instance. */
  createInstanceKey(accountId: string, guid: string): Buffer;
  /** Sealed new material for one version of a key; `imported` is used instead of random bytes, and kept by the caller. */
  createVersion(
    instance: InstanceRow,
    keyId: string,
    versionId: string,
    kind: 'key-version' | 'standard-key',
    imported?: SecretBytes,
  ): Buffer;
  /** The opened version of a root key; immediate when it is in memory. Throws CIPHERTEXT_INVALID if the key has no such version. */
  openVersion(instance: InstanceRow, keyId: string, versionId: string): VersionKey | Promise<VersionKey>;
  /** The material of a standard key. */
  readStandardKey(instance: InstanceRow, keyId: string, versionId: string): Promise<SecretBytes>;
}

export function createKeyMaterial(deps: { store: Store; barrier: Barrier; versionsKept: number }): KeyMaterial {
  const instanceKeysKey = deps.barrier.deriveKey('instance-keys');
  const instanceKeys = new Map<string, KeyObject>();
  const versions = new Map<string, VersionKey>();

  const contextOfInstance = (account: string, guid: string): RowContext => ({
    account,
    instance: guid,
    key: '',
    version: '',
    purpose: 'instance-key',
  });
  const contextOfVersion = (
    instance: InstanceRow,
    key: string,
    version: string,
    purpose: 'key-version' | 'standard-key',
  ): RowContext => ({
    account: instance.account_id,
    instance: instance.guid,
    key,
    version,
    purpose,
  });

  function instanceKey(instance: InstanceRow): KeyObject {
    const known = instanceKeys.get(instance.guid);
    if (known) return known;
    using opened = openRow(instanceKeysKey, contextOfInstance(instance.account_id, instance.guid), instance.sealed_key);
    const key = opened.toKeyObject();
    instanceKeys.set(instance.guid, key);
    return key;
  }

  async function readVersion(
    instance: InstanceRow,
    keyId: string,
    versionId: string,
    purpose: 'key-version' | 'standard-key',
  ): Promise<SecretBytes> {
    const row = await findKeyVersion(deps.store.db, keyId, versionId);
    if (!row) throw new RootwardError('CIPHERTEXT_INVALID');
    return openRow(instanceKey(instance), contextOfVersion(instance, keyId, versionId, purpose), row.sealed_material);
  }

  return {
    createInstanceKey(accountId, guid) {
      using key = SecretBytes.random(32);
      return key.use((bytes) => sealRow(instanceKeysKey, contextOfInstance(accountId, guid), bytes));
    },

    createVersion(instance, keyId, versionId, kind, imported) {
      const context = contextOfVersion(instance, keyId, versionId, kind);
      if (imported) return imported.use((bytes) => sealRow(instanceKey(instance), context, bytes));
      using material = SecretBytes.random(ROOT_KEY_BYTES);
      return material.use((bytes) => sealRow(instanceKey(instance), context, bytes));
    },

    openVersion(instance, keyId, versionId) {
      const cacheKey = `${keyId}/${versionId}`;
      const known = versions.get(cacheKey);
      if (known) {
        // Moved to the end: the order of a Map is the order of use.
        versions.delete(cacheKey);
        versions.set(cacheKey, known);
        return known;
      }
      return readVersion(instance, keyId, versionId, 'key-version').then((material) => {
        using opened = material;
        const version: VersionKey = { id: versionId, key: wrappingKey(opened) };
        versions.set(cacheKey, version);
        if (versions.size > deps.versionsKept) versions.delete(versions.keys().next().value ?? '');
        return version;
      });
    },

    readStandardKey: (instance, keyId, versionId) => readVersion(instance, keyId, versionId, 'standard-key'),
  };
}

/** Imported root keys may have 128 or 192 bits; wrapping always uses 256, derived from them. */
function wrappingKey(material: SecretBytes): KeyObject {
  if (material.length === ROOT_KEY_BYTES) return material.toKeyObject();
  return material.use((bytes) => {
    const derived = Buffer.from(hkdfSync('sha256', bytes, 'rootward-import-1', '', ROOT_KEY_BYTES));
    const key = createSecretKey(derived);
    derived.fill(0);
    return key;
  });
}
