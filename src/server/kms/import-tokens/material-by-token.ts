import { createDecipheriv, createPrivateKey, type KeyObject, timingSafeEqual, webcrypto } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { findImportToken } from '../../../store/kms/import-tokens.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Material as a client encrypts it for an import token; every text is base64. */
export interface EncryptedMaterial {
  readonly payload: string;
  readonly encryptedNonce: string;
  readonly iv: string;
  readonly algorithm: string | undefined;
}

interface Scheme {
  readonly algorithm: string;
  /** Of OAEP and of its mask. */
  readonly hash: 'SHA-256' | 'SHA-1';
  readonly ivBytes: number;
  openNonce(key: SecretBytes, iv: Buffer, sealed: Buffer): Buffer;
}

const TAG_BYTES = 16;
const MODULUS_BYTES = 512;

const KEY_PROTECT: Scheme = { algorithm: 'RSAES_OAEP_SHA_256', hash: 'SHA-256', ivBytes: 12, openNonce: openGcm };
/** Hyper Protect's clients. */
const HYPER_PROTECT: Scheme = { algorithm: 'RSAES_OAEP_SHA_1', hash: 'SHA-1', ivBytes: 16, openNonce: openCbc };

/**
 * Opens material that was encrypted for the instance's import token, and checks by the nonce that the token was its reason. A token
 * is good until it expires, also after its last retrieval. `fitting` gets undefined where the payload does not open.
 */
export async function materialByToken(
  deps: KmsDeps,
  tx: Tx,
  instance: InstanceRow,
  given: EncryptedMaterial,
  now: number,
  fitting: (material: SecretBytes | undefined) => SecretBytes,
): Promise<SecretBytes> {
  const scheme = instance.service === 'hs-crypto' ? HYPER_PROTECT : KEY_PROTECT;
  const iv = Buffer.from(given.iv, 'base64');
  if (given.algorithm !== undefined && given.algorithm !== scheme.algorithm)
    throw invalid('encryptionAlgorithm', `must be ${scheme.algorithm}.`);
  if (iv.length !== scheme.ivBytes) throw invalid('iv', `must have ${scheme.ivBytes} bytes.`);
  const token = await findImportToken(tx, instance.guid);
  if (!token || token.expires_at <= now) throw new RootwardError('IMPORT_TOKEN_EXPIRED');
  using secret = deps.material.openTokenPart(instance, token, 'private-key');
  const privateKey = secret.use((key) => createPrivateKey({ key, type: 'pkcs8', format: 'der' }));
  const material = fitting(await openPayload(privateKey, Buffer.from(given.payload, 'base64'), scheme.hash));
  try {
    using nonce = deps.material.openTokenPart(instance, token, 'nonce');
    compareNonces(scheme, material, iv, Buffer.from(given.encryptedNonce, 'base64'), nonce);
    return material;
  } catch (error) {
    material.destroy();
    throw error;
  }
}

/** RSA-OAEP with an empty label, in a worker thread. Undefined where it does not open, for whatever reason. */
async function openPayload(key: KeyObject, payload: Buffer, hash: Scheme['hash']): Promise<SecretBytes | undefined> {
  if (payload.length !== MODULUS_BYTES) return undefined;
  const usable = key.toCryptoKey({ name: 'RSA-OAEP', hash }, false, ['decrypt']);
  try {
    return SecretBytes.take(Buffer.from(await webcrypto.subtle.decrypt({ name: 'RSA-OAEP' }, usable, payload)));
  } catch (error) {
    if ((error as { name?: string }).name === 'OperationError') return undefined;
    throw error;
  }
}

function compareNonces(scheme: Scheme, material: SecretBytes, iv: Buffer, sealed: Buffer, wanted: SecretBytes): void {
  let opened: Buffer;
  try {
    opened = scheme.openNonce(material, iv, sealed);
  } catch (error) {
    throw new RootwardError('IMPORT_NONCE_IV', { cause: error, target: { type: 'field', name: 'encryptedNonce' } });
  }
  const isSame = opened.length === wanted.length && wanted.use((bytes) => timingSafeEqual(bytes, opened));
  opened.fill(0);
  if (!isSame) throw new RootwardError('IMPORT_NONCE', { target: { type: 'field', name: 'encryptedNonce' } });
}

/** AES-GCM under the material itself, without additional data, the tag at the end. */
function openGcm(key: SecretBytes, iv: Buffer, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw new Error('shorter than a tag');
  const bits = key.length * 8;
  const cipher = createDecipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', key.toKeyObject(), iv, { authTagLength: TAG_BYTES });
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), cipher.final()]);
}

/** AES-CBC under the material itself, padded as PKCS #7 has it. */
function openCbc(key: SecretBytes, iv: Buffer, sealed: Buffer): Buffer {
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key.toKeyObject(), iv);
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

function invalid(name: string, what: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `${name} ${what}`, target: { type: 'field', name } });
}
