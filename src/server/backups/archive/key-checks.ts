import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';
import type { Barrier } from '../../../crypto/barrier.ts';
import { instanceKeyContext, keyVersionContext, wrappingKey } from '../../../crypto/key-hierarchy.ts';
import { openRow } from '../../../crypto/row.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { parseCiphertext, unwrapDek, wrapDek } from '../../../crypto/wrap-ciphertext.ts';

/** The instance, as far as its key is concerned. */
export interface SealedInstance {
  readonly guid: string;
  readonly accountId: string;
  readonly sealedKey: Uint8Array;
}

export interface SealedVersion {
  readonly id: string;
  readonly keyId: string;
  readonly accountId: string;
  readonly instanceId: string;
  readonly sealedMaterial: Uint8Array;
  /** Of a standard key. */
  readonly extractable: boolean;
}

const AAD = 'rootward-backup-canary-1';

/**
 * Really opens what a backup is for. A canary is something that only the version's opened material makes and opens: a wrapped DEK
 * for a root key, a MAC for a standard key.
 */
export interface KeyChecks {
  /** False: the instance's key does not open. */
  addInstance(instance: SealedInstance): boolean;
  /** Undefined: the version's material does not open. */
  makeCanary(version: SealedVersion): string | undefined;
  /** Why the version is not what the canary was made with; undefined: it is. */
  problemOf(version: SealedVersion, canary: string): string | undefined;
}

export function createKeyChecks(barrier: Barrier): KeyChecks {
  const instanceKeysKey = barrier.deriveKey('instance-keys');
  const instanceKeys = new Map<string, KeyObject>();

  /** Undefined: it does not open; anything but a failed authentication is thrown on. */
  function material(version: SealedVersion): SecretBytes | undefined {
    const instanceKey = instanceKeys.get(version.instanceId);
    if (!instanceKey) return undefined;
    const place = { account: version.accountId, instance: version.instanceId, key: version.keyId, version: version.id };
    const context = keyVersionContext(place, version.extractable ? 'standard-key' : 'key-version');
    return opened(() => openRow(instanceKey, context, version.sealedMaterial));
  }

  return {
    addInstance({ guid, accountId, sealedKey }) {
      // It has none, and so it has no keys that could be opened: one behind an HSM, or one that was removed for good.
      if (sealedKey.length === 0) return true;
      using key = opened(() => openRow(instanceKeysKey, instanceKeyContext(accountId, guid), sealedKey));
      if (key) instanceKeys.set(guid, key.toKeyObject());
      return key !== undefined;
    },

    makeCanary(version) {
      using bytes = material(version);
      if (!bytes) return undefined;
      if (version.extractable) return macOf(bytes, version);
      return wrapDek({ id: version.id, key: wrappingKey(bytes) }, dekOf(version), [AAD, version.keyId], undefined);
    },

    problemOf(version, canary) {
      using bytes = material(version);
      if (!bytes) return 'its material does not open';
      if (version.extractable)
        return macOf(bytes, version) === canary ? undefined : 'its material is not the one that was backed up';
      const key = { id: version.id, key: wrappingKey(bytes) };
      using dek = opened(() => unwrapDek(key, parseCiphertext(canary), [AAD, version.keyId], undefined));
      return dek?.use((found) => found.equals(dekOf(version))) ? undefined : 'its canary does not unwrap';
    },
  };
}

const REFUSALS: readonly string[] = ['ROW_INTEGRITY', 'CIPHERTEXT_INVALID', 'INVALID_FIELD'];

function opened(open: () => SecretBytes): SecretBytes | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof RootwardError && REFUSALS.includes(error.code)) return undefined;
    throw error;
  }
}

/** Not secret: what is proved is that the key opens it. */
function dekOf({ id, keyId }: SealedVersion): Buffer {
  return createHash('sha256').update(`${AAD}/${keyId}/${id}`).digest();
}

function macOf(material: SecretBytes, { id, keyId }: SealedVersion): string {
  return material.use((bytes) => createHmac('sha256', bytes).update(`${AAD}/${keyId}/${id}`).digest('base64'));
}
