import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 48 * 1024;

/**
 * Random nonces out of one large random fill: asking the generator for each costs more than the sealing itself.
 * A pool belongs to one thread, hands out each byte once, and is never shared with a child (children are new programs, not forks).
 */
export class NoncePool {
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #next = POOL_BYTES;

  take(length: number): Buffer {
    if (this.#next + length > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const nonce = Buffer.allocUnsafe(length);
    this.#pool.copy(nonce, 0, this.#next, this.#next + length);
    this.#next += length;
    return nonce;
  }
}
