import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { type ChainState, MAC_SUFFIX_BYTES, macSuffix, recordMac } from './chain.ts';

interface Waiter {
  readonly id: string;
  readonly resolve: () => void;
  readonly reject: (error: RootwardError) => void;
}

/** What is the same for every record of a writer. */
export interface Linking {
  readonly key: KeyObject;
  /** How long a batch may take. */
  readonly patienceMs: number;
  readonly onLate: () => void;
}

const START_BYTES = 64 * 1024;
const KEPT_BYTES = 1024 * 1024;

/** Records that are written and made durable together, and everyone who waits for them. */
export class Batch {
  #bytes = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;
  #waiters: Waiter[] = [];
  #deadline: NodeJS.Timeout | undefined;
  /** Ids of the records in it, in order. */
  #ids: string[] = [];

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Bytes in use; 0 for an empty batch. */
  get length(): number {
    return this.#length;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /**
   * Links a record (its JSON) to the chain after `state` and returns the chain after it. All of the batch is given up with
   * AUDIT_UNAVAILABLE if it is not settled in time, counted from its first record.
   */
  add(link: Linking, json: string, state: ChainState, waiter: Waiter): ChainState {
    const count = state.count + 1;
    const covered = `{"seq":${count},${json.slice(1, -1)}`;
    this.#reserve(covered.length * 3 + MAC_SUFFIX_BYTES + 1);
    const start = this.#length;
    const end = start + this.#bytes.write(covered, start, 'utf8');
    const mac = recordMac(link.key, state.mac, this.#bytes.subarray(start, end));
    this.#length = end + this.#bytes.write(`${macSuffix(mac)}\n`, end, 'latin1');
    this.#waiters.push(waiter);
    this.#ids.push(waiter.id);
    this.#deadline ??= setTimeout(() => {
      this.#settle(new RootwardError('AUDIT_UNAVAILABLE'));
      link.onLate();
    }, link.patienceMs);
    return { count, mac };
  }

  succeed(): void {
    this.#settle(undefined);
  }

  fail(error: RootwardError): void {
    this.#settle(error);
  }

  /** Makes a settled batch empty, to be filled again. */
  reset(): void {
    this.#length = 0;
    this.#ids = [];
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(START_BYTES);
  }

  #settle(error: RootwardError | undefined): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(error);
    }
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
