import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { RootwardError } from '../../../contract/errors.ts';

export interface ImportKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Makes the RSA key pairs of import tokens. */
export interface ImportKeyPairs {
  /** Throws OVERLOADED while too many wait for theirs. */
  next(): Promise<ImportKeyPair>;
}

const MODULUS_BITS = 4096;
const WAITING_LIMIT = 16;

const generate = promisify(generateKeyPair);

/**
 * RSA key pairs of 4096 bits, made in a worker thread, one after the other: one takes about a second of it, and the audit log's disk
 * writes use the same few threads.
 */
export function createImportKeyPairs(make = () => generate('rsa', { modulusLength: MODULUS_BITS })): ImportKeyPairs {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    async next() {
      if (waiting >= WAITING_LIMIT) throw new RootwardError('OVERLOADED', { retryAfterSeconds: WAITING_LIMIT });
      waiting += 1;
      const pair = last.then(make);
      // Who asked learns of the failure; whoever comes next only waits for the end.
      last = pair.catch(() => undefined);
      try {
        return await pair;
      } finally {
        waiting -= 1;
      }
    },
  };
}
