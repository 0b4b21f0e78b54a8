import { createSecretKey, hkdfSync } from 'node:crypto';
import type { SecretBytes } from '../secret-bytes.ts';
import type { Seal, SealKind } from './envelope.ts';

/** A seal out of the secret it rests on: the wrapping key and its public id are derived apart, so the id tells nothing. */
export function sealFrom(kind: SealKind, secret: SecretBytes): Seal {
  const source = secret.toKeyObject();
  const raw = Buffer.from(hkdfSync('sha256', source, 'rootward-seal-1', `${kind}/key`, 32));
  const key = createSecretKey(raw);
  raw.fill(0);
  const keyId = Buffer.from(hkdfSync('sha256', source, 'rootward-seal-1', `${kind}/id`, 12)).toString('hex');
  return { kind, keyId, key };
}
