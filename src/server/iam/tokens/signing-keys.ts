import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Barrier } from '../../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../../crypto/row.ts';
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from '../../../store/iam/signing-keys.ts';
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
  /** Looks into the store again for a key that another replica may have made. */
  publicKey(kid: string): Promise<KeyObject | undefined>;
}

interface OpenedKeys extends Pick<SigningKeys, 'current' | 'jwks'> {
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

interface Making {
  readonly store: Store;
  readonly barrier: Barrier;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Opens the signing keys, and makes the first one in a fresh installation. */
export async function openSigningKeys(deps: Making): Promise<SigningKeys> {
  const { store } = deps;
  const sealing = deps.barrier.deriveKey('iam');
  if (!(await listSigningKeys(store.db)).some(isInUse)) await addSigningKey(deps, sealing);
  let generation = store.generation('iam');
  let keys = openRows(sealing, await listSigningKeys(store.db));
  return {
    get current() {
      return keys.current;
    },
    get jwks() {
      return keys.jwks;
    },
    async publicKey(kid) {
      const known = keys.publicKeys.get(kid);
      // Without a change since the last look there is nothing new, whatever names a caller thinks of.
      if (known || generation === store.generation('iam')) return known;
      generation = store.generation('iam');
      keys = openRows(sealing, await listSigningKeys(store.db));
      return keys.publicKeys.get(kid);
    },
  };
}

const isInUse = (row: SigningKeyRow): boolean => row.retired_at === null;

function openRows(sealing: KeyObject, rows: readonly SigningKeyRow[]): OpenedKeys {
  const newest = rows.find(isInUse);
  if (!newest) throw new Error('the signing key that was just made is not in the store');
  const jwks = rows.map((row) => JSON.parse(row.public_jwk) as SigningJwk);
  const publicKeys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]));
  return {
    current: { kid: newest.kid, privateKey: openPrivateKey(sealing, newest) },
    jwks,
    publicKeys,
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
    activated_at: deps.now(),
    retired_at: null,
  };
  pkcs8.fill(0);
  await deps.store.change(['iam'], async (tx) => {
    // Another replica may have been faster; then its key is everybody's.
    if (!(await listSigningKeys(tx)).some(isInUse)) await insertSigningKey(tx, row);
  });
}

function openPrivateKey(sealing: KeyObject, row: SigningKeyRow): KeyObject {
  using opened = openRow(sealing, contextOf(row.kid), row.sealed_private_key);
  return opened.use((der) => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

function contextOf(kid: string): RowContext {
  return { account: '', instance: '', key: kid, version: '', purpose: 'signing-key' };
}
