import type { NoncePool } from './nonce-pool.ts';
import { NONCE_BYTES } from './xaes-gcm.ts';

/** Nonces that may share their first half; far below what one derived key may seal under random nonces (ADR 14). */
const LENGTH = 4096;
const HALF = NONCE_BYTES / 2;

/**
 * Nonces for one key. A fresh random first half, which selects the derived key, serves some thousand messages in a row, so that the key
 * need not be derived for each. The second half is random for every one.
 */
export class NonceSeries {
  readonly #pool: NoncePool;
  readonly #first = Buffer.alloc(HALF);
  #left = 0;

  constructor(pool: NoncePool) {
    this.#pool = pool;
  }

  next(): Buffer {
    if (this.#left === 0) {
      this.#pool.fill(this.#first, 0);
      this.#left = LENGTH;
    }
    this.#left -= 1;
    const nonce = Buffer.allocUnsafe(NONCE_BYTES);
    nonce.set(this.#first);
    this.#pool.fill(nonce, HALF);
    return nonce;
  }
}
