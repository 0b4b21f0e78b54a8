import { createPublicKey, type KeyObject } from 'node:crypto';
import { insertSigningKey, listSigningKeys, type SigningKeyRow } from '../../../store/iam/signing-keys.ts';
import type { Store, Tx } from '../../../store/store.ts';
import { isCurrent, isLive, isNext } from './life.ts';
import { type KeyMaking, makeSigningKey, openSigningKey, type SigningJwk } from './make-key.ts';

/** The RSA keys of the token service: one signs, the next is published before its time, retired ones verify for a while. */
export interface SigningKeys {
  current(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /** Of every key with which a token may be signed that is still good, or will be soon. */
  published(): Promise<readonly SigningJwk[]>;
  /** Undefined: no token that is still good was signed with such a key. */
  publicKey(kid: string): Promise<KeyObject | undefined>;
}

export interface SigningKeysDeps extends KeyMaking {
  readonly store: Store;
}

interface Known {
  readonly row: SigningKeyRow;
  readonly jwk: SigningJwk;
  readonly publicKey: KeyObject;
}

interface Ring {
  readonly keys: readonly Known[];
  readonly current: { readonly kid: string; readonly privateKey: KeyObject };
}

/** Opens the signing keys, and makes those that are missing: in a fresh installation two. */
export async function openSigningKeys(deps: SigningKeysDeps): Promise<SigningKeys> {
  const { store, now } = deps;
  await addMissing(deps);
  let ring: Promise<Ring> | undefined;
  let generation = 0;

  /** As of the last change of IAM, by whatever replica. */
  function newest(): Promise<Ring> {
    if (ring && generation === store.generation('iam')) return ring;
    generation = store.generation('iam');
    const opening = openRing(deps, ring);
    opening.catch(() => {
      if (ring === opening) ring = undefined;
    });
    ring = opening;
    return opening;
  }

  const live = async (): Promise<readonly Known[]> => (await newest()).keys.filter(({ row }) => isLive(row, now()));
  return {
    current: async () => (await newest()).current,
    published: async () => (await live()).map(({ jwk }) => jwk),
    publicKey: async (kid) => (await live()).find(({ row }) => row.kid === kid)?.publicKey,
  };
}

async function openRing(deps: SigningKeysDeps, earlier: Promise<Ring> | undefined): Promise<Ring> {
  const rows = await listSigningKeys(deps.store.db);
  const known = await earlier;
  const keys = rows.map((row): Known => {
    const before = known?.keys.find(({ row: { kid } }) => kid === row.kid);
    if (before) return { ...before, row };
    const jwk = JSON.parse(row.public_jwk) as SigningJwk;
    return { row, jwk, publicKey: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
  });
  const signing = rows.find(isCurrent);
  if (!signing) throw new Error('no signing key is current');
  const current =
    known?.current.kid === signing.kid ? known.current : { kid: signing.kid, privateKey: openSigningKey(deps.barrier, signing) };
  return { keys, current };
}

/** At the first start there is none; a store from before there was a next one has only the current. */
async function addMissing(deps: SigningKeysDeps): Promise<void> {
  const rows = await listSigningKeys(deps.store.db);
  if (rows.some(isCurrent) && rows.some(isNext)) return;
  const [current, next] = await Promise.all([makeSigningKey(deps), makeSigningKey(deps)]);
  await deps.store.change(['iam'], async (tx) => {
    await addUnless(tx, isCurrent, { ...current, activated_at: deps.now() });
    await addUnless(tx, isNext, next);
  });
}

/** Another replica may have been faster; then its key is everybody's. */
async function addUnless(tx: Tx, is: (row: SigningKeyRow) => boolean, row: SigningKeyRow): Promise<void> {
  if (!(await listSigningKeys(tx)).some(is)) await insertSigningKey(tx, row);
}
