import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Barrier } from '../../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../../crypto/row.ts';
import type { SigningKeyRow } from '../../../store/iam/signing-keys.ts';

const MODULUS_BITS = 2048;

/** A public signing key as tokens are verified with it. */
export interface SigningJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly alg: 'RS256';
  readonly kid: string;
}

export interface KeyMaking {
  readonly barrier: Barrier;
  readonly newId: () => string;
  readonly now: () => number;
}

/** A key that does not sign yet, as it is stored. Takes longer than a change may. */
export async function makeSigningKey({ barrier, newId, now }: KeyMaking): Promise<SigningKeyRow> {
  const kid = newId();
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const jwk: SigningJwk = { kty: 'RSA', n, e, alg: 'RS256', kid };
  const row: SigningKeyRow = {
    kid,
    sealed_private_key: sealRow(barrier.deriveKey('iam'), contextOf(kid), pkcs8),
    public_jwk: JSON.stringify(jwk),
    created_at: now(),
    activated_at: null,
    retired_at: null,
  };
  pkcs8.fill(0);
  return row;
}

export function openSigningKey(barrier: Barrier, row: SigningKeyRow): KeyObject {
  using opened = openRow(barrier.deriveKey('iam'), contextOf(row.kid), row.sealed_private_key);
  return opened.use((der) => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

function contextOf(kid: string): RowContext {
  return { account: '', instance: '', key: kid, version: '', purpose: 'signing-key' };
}
