import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';
import { type ChainState, MAC_SUFFIX_BYTES, macSuffix, recordMac } from './chain.ts';

/** How long a batch may take, and who is told if it takes longer. */
export interface Patience {
  readonly milliseconds: number;
  readonly onLate: () => void;
}

const START_BYTES = 64 * 1024;
const KEPT_BYTES = 1024 * 1024;

/** Records that are written and made durable together, and everyone who waits for them. */
export class Batch {
  #bytes = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;
  #lines: string[] = [];
  /** Ids of the records in it, in order. */
  #ids: string[] = [];
  #characters = 0;
  #deadline: NodeJS.Timeout | undefined;
  #settled: PromiseWithResolvers<void> | undefined;

  /** What `link` has written. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Bytes of it that are in use. */
  get length(): number {
    return this.#length;
  }

  /** UTF-16 units of the lines that were added. */
  get characters(): number {
    return this.#characters;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /**
   * Adds a record (its JSON). The promise is the same for all of the batch, so that those who wait for it go on in one go. All of it
   * is given up with AUDIT_UNAVAILABLE if it is not settled in time, counted from its first record.
   */
  add(id: string, json: string, patience: Patience): Promise<void> {
    this.#lines.push(json);
    this.#ids.push(id);
    this.#characters += json.length;
    if (this.#settled) return this.#settled.promise;
    this.#settled = Promise.withResolvers<void>();
    this.#deadline = setTimeout(() => {
      this.fail(new RootwardError('AUDIT_UNAVAILABLE'));
      patience.onLate();
    }, patience.milliseconds);
    return this.#settled.promise;
  }

  /** Links the records to the chain after `state` and returns the chain after them. All at once: code that runs alone runs faster. */
  link(key: KeyObject, state: ChainState): ChainState {
    let { count, mac } = state;
    for (const json of this.#lines) {
      count += 1;
      const covered = `{"seq":${count},${json.slice(1, -1)}`;
      this.#reserve(covered.length * 3 + MAC_SUFFIX_BYTES + 1);
      const start = this.#length;
      const end = start + this.#bytes.write(covered, start, 'utf8');
      mac = recordMac(key, mac, this.#bytes.subarray(start, end));
      this.#length = end + this.#bytes.write(`${macSuffix(mac)}\n`, end, 'latin1');
    }
    return { count, mac };
  }

  succeed(): void {
    this.#settle()?.resolve();
  }

  fail(error: RootwardError): void {
    this.#settle()?.reject(error);
  }

  /** Makes a settled batch empty, to be filled again. */
  reset(): void {
    this.#length = 0;
    this.#characters = 0;
    this.#lines = [];
    this.#ids = [];
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(START_BYTES);
  }

  #settle(): PromiseWithResolvers<void> | undefined {
    clearTimeout(this.#deadline);
    const settled = this.#settled;
    this.#deadline = undefined;
    this.#settled = undefined;
    return settled;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
