import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import { instanceKeyContext, keyVersionContext, wrappingKey } from '../../crypto/key-hierarchy.ts';
import { openRow, type RowContext, sealRow } from '../../crypto/row.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import type { VersionKey } from '../../crypto/wrap-ciphertext.ts';
import type { InstanceRow } from '../../store/instances.ts';
import type { ImportTokenRow } from '../../store/kms/import-tokens.ts';
import { findKeyVersion, type KeyVersionRow } from '../../store/kms/keys.ts';
import type { Store } from '../../store/store.ts';

/** Material that the service makes: for AES-256. */
export const GENERATED_KEY_BYTES = 32;

/**
 * Opens and makes key material: barrier key → instance key → key version. Opened keys stay in memory as KeyObjects, the least
 * recently used leave first. Rows are immutable, so nothing here can be stale; whether a key may be *used* is never decided here.
 */
export interface KeyMaterial {
  /** A sealed new instance key, for the row of a new instance. */
  createInstanceKey(accountId: string, guid: string): Buffer;
  /** Sealed new material for one version of a key; `imported` is used instead of random bytes, and kept by the caller. */
  createVersion(instance: InstanceRow, keyId: string, versionId: string, kind: VersionKind, imported?: SecretBytes): Buffer;
  /** The opened version of a root key; immediate when it is in memory. Throws `missing` (CIPHERTEXT_INVALID) if the key has none such. */
  openVersion(instance: InstanceRow, keyId: string, versionId: string, missing?: NoVersion): VersionKey | Promise<VersionKey>;
  /** The material of a standard key. */
  readStandardKey(instance: InstanceRow, keyId: string, versionId: string): Promise<SecretBytes>;
  /** Is `material` what this version was made of? Compared in constant time. */
  isMaterialOf(instance: InstanceRow, version: KeyVersionRow, kind: VersionKind, material: SecretBytes): boolean;
  /** Drops every opened version of a key that is no more. */
  forget(keyId: string): void;
  /** Drops the key of an instance that is no more, and opened versions with it. */
  forgetInstance(guid: string): void;
  /** Seals what an import token keeps to itself. */
  sealTokenPart(instance: InstanceRow, tokenId: string, part: TokenPart, bytes: Uint8Array): Buffer;
  openTokenPart(instance: InstanceRow, token: ImportTokenRow, part: TokenPart): SecretBytes;
}

/** A ciphertext may name any version; what the row of a key names has to be there. */
export type NoVersion = 'CIPHERTEXT_INVALID' | 'ROW_INTEGRITY';
export type VersionKind = 'key-version' | 'standard-key';
export type TokenPart = 'private-key' | 'nonce';

export function createKeyMaterial(deps: { store: Store; barrier: Barrier; versionsKept: number }): KeyMaterial {
  const instanceKeysKey = deps.barrier.deriveKey('instance-keys');
  const instanceKeys = new Map<string, KeyObject>();
  const versions = new Map<string, VersionKey>();
  /** The last of `versions`, if it is still among them: to compare two ids costs less than to look for both of them. */
  let latest: { readonly keyId: string; readonly version: VersionKey } | undefined;
  /** How often keys were forgotten: what began to be read before that is not kept. */
  let forgotten = 0;

  /** Puts it at the end: the order of a Map is the order of use. */
  function keep(keyId: string, version: VersionKey): void {
    const cacheKey = `${keyId}/${version.id}`;
    versions.delete(cacheKey);
    versions.set(cacheKey, version);
    latest = { keyId, version };
  }

  const contextOfVersion = (instance: InstanceRow, key: string, version: string, purpose: VersionKind) =>
    keyVersionContext({ account: instance.account_id, instance: instance.guid, key, version }, purpose);

  const contextOfToken = (instance: InstanceRow, tokenId: string, part: TokenPart): RowContext => ({
    account: instance.account_id,
    instance: instance.guid,
    key: tokenId,
    version: part,
    purpose: 'import-token',
  });

  function instanceKey(instance: InstanceRow): KeyObject {
    const known = instanceKeys.get(instance.guid);
    if (known) return known;
    if (instance.sealed_key.length === 0) throw new RootwardError('INSTANCE_UNINITIALIZED');
    using opened = openRow(instanceKeysKey, instanceKeyContext(instance.account_id, instance.guid), instance.sealed_key);
    const key = opened.toKeyObject();
    instanceKeys.set(instance.guid, key);
    return key;
  }

  async function readVersion(
    instance: InstanceRow,
    keyId: string,
    versionId: string,
    purpose: VersionKind,
    missing: NoVersion,
  ): Promise<SecretBytes> {
    const row = await findKeyVersion(deps.store.db, keyId, versionId);
    if (!row) throw new RootwardError(missing);
    return openRow(instanceKey(instance), contextOfVersion(instance, keyId, versionId, purpose), row.sealed_material);
  }

  return {
    createInstanceKey(accountId, guid) {
      using key = SecretBytes.random(32);
      return key.use((bytes) => sealRow(instanceKeysKey, instanceKeyContext(accountId, guid), bytes));
    },

    createVersion(instance, keyId, versionId, kind, imported) {
      const context = contextOfVersion(instance, keyId, versionId, kind);
      if (imported) return imported.use((bytes) => sealRow(instanceKey(instance), context, bytes));
      using material = SecretBytes.random(GENERATED_KEY_BYTES);
      return material.use((bytes) => sealRow(instanceKey(instance), context, bytes));
    },

    openVersion(instance, keyId, versionId, missing = 'CIPHERTEXT_INVALID') {
      if (latest?.keyId === keyId && latest.version.id === versionId) return latest.version;
      const known = versions.get(`${keyId}/${versionId}`);
      if (known) {
        keep(keyId, known);
        return known;
      }
      const before = forgotten;
      return readVersion(instance, keyId, versionId, 'key-version', missing).then((material) => {
        using opened = material;
        const version: VersionKey = { id: versionId, key: wrappingKey(opened) };
        if (before !== forgotten) return version;
        keep(keyId, version);
        if (versions.size > deps.versionsKept) versions.delete(versions.keys().next().value ?? '');
        return version;
      });
    },

    readStandardKey: (instance, keyId, versionId) => readVersion(instance, keyId, versionId, 'standard-key', 'ROW_INTEGRITY'),

    isMaterialOf(instance, version, kind, material) {
      const context = contextOfVersion(instance, version.key_id, version.id, kind);
      using kept = openRow(instanceKey(instance), context, version.sealed_material);
      if (kept.length !== material.length) return false;
      return kept.use((mine) => material.use((given) => timingSafeEqual(mine, given)));
    },

    forget(keyId) {
      forgotten += 1;
      if (latest?.keyId === keyId) latest = undefined;
      for (const cacheKey of versions.keys()) if (cacheKey.startsWith(`${keyId}/`)) versions.delete(cacheKey);
    },

    forgetInstance(guid) {
      // Which versions were its own is not known here; the others are opened again when they are needed.
      forgotten += 1;
      instanceKeys.delete(guid);
      versions.clear();
      latest = undefined;
    },

    sealTokenPart: (instance, tokenId, part, bytes) =>
      sealRow(instanceKey(instance), contextOfToken(instance, tokenId, part), bytes),

    openTokenPart(instance, token, part) {
      const context = contextOfToken(instance, token.id, part);
      return openRow(instanceKey(instance), context, part === 'nonce' ? token.sealed_nonce : token.sealed_private_key);
    },
  };
}
