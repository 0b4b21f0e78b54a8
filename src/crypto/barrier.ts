import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';
import type { SecretBytes } from './secret-bytes.ts';

export const BARRIER_KEY_BYTES = 32;

const LABEL = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * The barrier key while the service is unsealed. It seals nothing itself: each use has a key of its own, derived by HKDF-SHA256
 * from a label (`instance-keys`, `iam`, `audit`, `api-key-hash`, `pki`, …).
 */
export class Barrier {
  #key: KeyObject | undefined;

  /** Keeps its own copy; the caller destroys `key`. */
  constructor(key: SecretBytes) {
    if (key.length !== BARRIER_KEY_BYTES) throw new RootwardError('INTERNAL', { message: 'A barrier key has 256 bits.' });
    this.#key = key.toKeyObject();
  }

  /** 256-bit key for one use, the same at every start. Throws SEALED after `destroy()`. */
  deriveKey(label: string): KeyObject {
    if (this.#key === undefined) throw new RootwardError('SEALED');
    if (!LABEL.test(label)) throw new RootwardError('INTERNAL', { message: `"${label}" is not a label of a barrier key.` });
    const raw = Buffer.from(hkdfSync('sha256', this.#key, 'rootward-barrier-1', label, 32));
    const derived = createSecretKey(raw);
    raw.fill(0);
    return derived;
  }

  destroy(): void {
    this.#key = undefined;
  }
}
