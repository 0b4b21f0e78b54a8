import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Barrier } from '../../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../../crypto/row.ts';
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from '../../../store/signing-keys.ts';
import type { Store } from '../../../store/store.ts';

const MODULUS_BITS = 2048;

/** A public signing key as tokens are verified with it. */
export interface SigningJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly alg: 'RS256';
  readonly kid: string;
}

/** The RSA keys of the token service. Retired ones still verify; only the newest signs. */
export interface SigningKeys {
  readonly current: { readonly kid: string; readonly privateKey: KeyObject };
  readonly jwks: readonly SigningJwk[];
  publicKey(kid: string): KeyObject | undefined;
}

interface Making {
  readonly store: Store;
  readonly barrier: Barrier;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Opens the signing keys, and makes the first one in a fresh installation. */
export async function openSigningKeys(deps: Making): Promise<SigningKeys> {
  const sealing = deps.barrier.deriveKey('iam');
  let rows = await listSigningKeys(deps.store.db);
  if (!rows.some((row) => row.retired_at === null)) {
    await addSigningKey(deps, sealing);
    rows = await listSigningKeys(deps.store.db);
  }
  const newest = rows.find((row) => row.retired_at === null);
  if (!newest) throw new Error('the signing key that was just made is not in the store');
  const jwks = rows.map((row) => JSON.parse(row.public_jwk) as SigningJwk);
  const publicKeys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]));
  return {
    current: { kid: newest.kid, privateKey: openPrivateKey(sealing, newest) },
    jwks,
    publicKey: (kid) => publicKeys.get(kid),
  };
}

async function addSigningKey(deps: Making, sealing: KeyObject): Promise<void> {
  const kid = deps.newId();
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const jwk: SigningJwk = { kty: 'RSA', n, e, alg: 'RS256', kid };
  const row: SigningKeyRow = {
    kid,
    sealed_private_key: sealRow(sealing, contextOf(kid), pkcs8),
    public_jwk: JSON.stringify(jwk),
    created_at: deps.now(),
    retired_at: null,
  };
  pkcs8.fill(0);
  await deps.store.change(['iam'], (tx) => insertSigningKey(tx, row));
}

function openPrivateKey(sealing: KeyObject, row: SigningKeyRow): KeyObject {
  using opened = openRow(sealing, contextOf(row.kid), row.sealed_private_key);
  return opened.use((der) => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

function contextOf(kid: string): RowContext {
  return { account: '', instance: '', key: kid, version: '', purpose: 'signing-key' };
}
