import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';
import { encodeList } from './length-prefixed.ts';
import { NoncePool } from './nonce-pool.ts';
import { SecretBytes } from './secret-bytes.ts';
import { NONCE_BYTES, TAG_BYTES, xaesOpen, xaesSeal } from './xaes-gcm.ts';

/** Where a sealed row belongs. Every field is authenticated, so a row that was moved elsewhere does not open. Unused fields are ''. */
export interface RowContext {
  readonly account: string;
  readonly instance: string;
  readonly key: string;
  readonly version: string;
  readonly purpose: 'instance-key' | 'key-version' | 'standard-key' | 'import-token' | 'signing-key' | 'cluster-pki' | 'secret';
}

const FORMAT = 1;
const FORMAT_NAME = 'rootward-row-1';
const OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES;

const nonces = new NoncePool();

/** One row as stored: format byte ‖ 24-byte nonce ‖ ciphertext ‖ 16-byte tag (XAES-256-GCM). */
export function sealRow(key: KeyObject, context: RowContext, plaintext: Uint8Array): Buffer {
  const nonce = nonces.take(NONCE_BYTES);
  const sealed = xaesSeal(key, nonce, plaintext, authenticated(context));
  return Buffer.concat([Buffer.of(FORMAT), nonce, sealed]);
}

/** Throws ROW_INTEGRITY for every cause: other key, other place, damage, unknown format. */
export function openRow(key: KeyObject, context: RowContext, row: Uint8Array): SecretBytes {
  if (row.length < OVERHEAD || row[0] !== FORMAT) throw new RootwardError('ROW_INTEGRITY');
  const plaintext = xaesOpen(key, row.subarray(1, 1 + NONCE_BYTES), row.subarray(1 + NONCE_BYTES), authenticated(context));
  if (plaintext === undefined) throw new RootwardError('ROW_INTEGRITY');
  return SecretBytes.take(plaintext);
}

function authenticated(context: RowContext): Buffer {
  return encodeList([FORMAT_NAME, context.account, context.instance, context.key, context.version, context.purpose]);
}
