import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { RowContext } from './row.ts';
import type { SecretBytes } from './secret-bytes.ts';

const ROOT_KEY_BYTES = 32;

/** Where the sealed key of an instance belongs. It is sealed under the barrier's key `instance-keys`. */
export function instanceKeyContext(account: string, instance: string): RowContext {
  return { account, instance, key: '', version: '', purpose: 'instance-key' };
}

/** Where the sealed material of a key version belongs. It is sealed under the key of its instance. */
export function keyVersionContext(
  place: { readonly account: string; readonly instance: string; readonly key: string; readonly version: string },
  purpose: RowContext['purpose'],
): RowContext {
  return { ...place, purpose };
}

/** The key that a version wraps with. Imported root keys may have 128 or 192 bits; wrapping always uses 256, derived from them. */
export function wrappingKey(material: SecretBytes): KeyObject {
  if (material.length === ROOT_KEY_BYTES) return material.toKeyObject();
  return material.use((bytes) => {
    const derived = Buffer.from(hkdfSync('sha256', bytes, 'rootward-import-1', '', ROOT_KEY_BYTES));
    const key = createSecretKey(derived);
    derived.fill(0);
    return key;
  });
}
