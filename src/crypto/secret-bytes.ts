import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { markAsUncloneable } from 'node:worker_threads';
import { RootwardError } from '../contract/errors.ts';

const SHOWN = '[secret]';

/**
 * Bytes that must not be seen. They print as `[secret]` wherever an object is printed, cannot be sent to another thread, and are
 * overwritten by `destroy()`. Raw access is lent by `use()`; code that has to keep raw bytes calls `reveal()` and is on a list.
 */
export class SecretBytes {
  #bytes: Buffer | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    markAsUncloneable(this);
  }

  static random(length: number): SecretBytes {
    return new SecretBytes(randomBytes(length));
  }

  /** Takes ownership: the caller must not keep or change the buffer. */
  static take(bytes: Buffer): SecretBytes {
    return new SecretBytes(bytes);
  }

  static copyOf(bytes: Uint8Array): SecretBytes {
    // Not Buffer.from: that may place the copy in the pool that unrelated small buffers share.
    const copy = Buffer.alloc(bytes.length);
    copy.set(bytes);
    return new SecretBytes(copy);
  }

  get length(): number {
    return this.#held().length;
  }

  /** Lends a copy to a synchronous function and overwrites the copy when it returns. */
  use<T>(fn: (bytes: Buffer) => T): T {
    const copy = Buffer.alloc(this.length);
    copy.set(this.#held());
    try {
      return fn(copy);
    } finally {
      copy.fill(0);
    }
  }

  toKeyObject(): KeyObject {
    return createSecretKey(this.#held());
  }

  destroy(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }

  #held(): Buffer {
    if (this.#bytes === undefined)
      throw new RootwardError('INTERNAL', { message: 'A secret was used after it had been destroyed.' });
    return this.#bytes;
  }
}
