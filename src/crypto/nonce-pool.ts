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
    const nonce = Buffer.allocUnsafe(length);
    this.fill(nonce, 0);
    return nonce;
  }

  /** Makes what is in `target` from `start` on random. */
  fill(target: Buffer, start: number): void {
    const length = target.length - start;
    if (this.#next + length > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    this.#pool.copy(target, start, this.#next, this.#next + length);
    this.#next += length;
  }
}
