import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { BARRIER_KEY_BYTES } from '../barrier.ts';
import { encodeList } from '../length-prefixed.ts';
import { NoncePool } from '../nonce-pool.ts';
import { SecretBytes } from '../secret-bytes.ts';
import { NONCE_BYTES, TAG_BYTES, xaesOpen, xaesSeal } from '../xaes-gcm.ts';

export type SealKind = 'file' | 'dev' | 'recovery-code';

/** What can seal and open the barrier key. */
export interface Seal {
  readonly kind: SealKind;
  /** Names the seal's key without telling anything about it, so that the right envelope is found. */
  readonly keyId: string;
  /** 256-bit key that wraps the barrier key and nothing else. */
  readonly key: KeyObject;
}

/** The barrier key under one seal, as stored. A service has one or more; any one opens it. */
export interface SealEnvelope {
  readonly format: 1;
  readonly id: string;
  readonly kind: SealKind;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly keyId: string;
  /** base64 of 24-byte nonce ‖ sealed barrier key ‖ 16-byte tag (XAES-256-GCM, every other field authenticated). */
  readonly sealed: string;
}

const SEALED_BYTES = NONCE_BYTES + BARRIER_KEY_BYTES + TAG_BYTES;

const nonces = new NoncePool();

/** Puts the barrier key into a new envelope. The seals of later releases ask other programs and hardware, hence the promise. */
export async function sealBarrier(
  seal: Seal,
  barrierKey: SecretBytes,
  named: { readonly id: string; readonly createdAt: string },
): Promise<SealEnvelope> {
  if (barrierKey.length !== BARRIER_KEY_BYTES) throw new RootwardError('INTERNAL', { message: 'A barrier key has 256 bits.' });
  const header = { format: 1, id: named.id, kind: seal.kind, createdAt: named.createdAt, keyId: seal.keyId } as const;
  const nonce = nonces.take(NONCE_BYTES);
  const sealed = barrierKey.use((bytes) => xaesSeal(seal.key, nonce, bytes, authenticated(header)));
  return { ...header, sealed: Buffer.concat([nonce, sealed]).toString('base64') };
}

/**
 * The barrier key out of whichever envelope this seal opens. Throws SEAL_MISMATCH if none was made by it, SEAL_ENVELOPE if one was
 * but does not authenticate, and none of the others opens either.
 */
export async function openBarrier(envelopes: readonly SealEnvelope[], seal: Seal): Promise<SecretBytes> {
  const own = envelopes.filter((envelope) => envelope.kind === seal.kind && envelope.keyId === seal.keyId);
  for (const envelope of own) {
    const bytes = Buffer.from(envelope.sealed, 'base64');
    if (bytes.length !== SEALED_BYTES || bytes.toString('base64') !== envelope.sealed) continue;
    const barrierKey = xaesOpen(seal.key, bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES), authenticated(envelope));
    if (barrierKey !== undefined) return SecretBytes.take(barrierKey);
  }
  if (own.length > 0) throw new RootwardError('SEAL_ENVELOPE');
  const kinds = [...new Set(envelopes.map((envelope) => envelope.kind))].sort().join(', ');
  throw new RootwardError('SEAL_MISMATCH', {
    message: `The ${seal.kind} seal at hand made none of the ${envelopes.length} seal envelopes (${kinds || 'none'}).`,
    hint: 'Bring back the key that this data was sealed with, or open it with the recovery code.',
  });
}

/** An envelope out of stored JSON. Throws SEAL_ENVELOPE for anything that is not one. */
export function parseEnvelope(json: string): SealEnvelope {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new RootwardError('SEAL_ENVELOPE', { cause });
  }
  if (!isEnvelope(value)) throw new RootwardError('SEAL_ENVELOPE');
  return value;
}

function isEnvelope(value: unknown): value is SealEnvelope {
  if (typeof value !== 'object' || value === null) return false;
  const { format, id, kind, createdAt, keyId, sealed } = value as Record<string, unknown>;
  const known = kind === 'file' || kind === 'dev' || kind === 'recovery-code';
  const isText = (field: unknown): boolean => typeof field === 'string' && field.isWellFormed();
  return format === 1 && known && [id, createdAt, keyId, sealed].every(isText);
}

function authenticated(header: Omit<SealEnvelope, 'sealed'>): Buffer {
  return encodeList(['rootward-seal-1', header.id, header.kind, header.createdAt, header.keyId]);
}
