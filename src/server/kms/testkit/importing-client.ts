import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';

/** What a client sends to import a key by token. */
export interface EncryptedKey {
  readonly payload: string;
  readonly encryptedNonce: string;
  readonly iv: string;
  readonly encryptionAlgorithm: string;
}

export interface ShownToken {
  readonly payload: string;
  readonly nonce: string;
}

/** Encrypts material for an import token as the published clients do: OAEP with SHA-256, and the nonce by AES-GCM. */
export function encryptForToken(token: ShownToken, material: Buffer, nonce = Buffer.from(token.nonce, 'base64')): EncryptedKey {
  const iv = randomBytes(12);
  const cipher = createCipheriv(`aes-${material.length * 8}-gcm` as 'aes-256-gcm', material, iv, { authTagLength: 16 });
  const sealed = Buffer.concat([cipher.update(nonce), cipher.final(), cipher.getAuthTag()]);
  return {
    payload: oaep(token, material, 'sha256'),
    encryptedNonce: sealed.toString('base64'),
    iv: iv.toString('base64'),
    encryptionAlgorithm: 'RSAES_OAEP_SHA_256',
  };
}

/** The same as the clients of Hyper Protect do it: SHA-1 and CBC. */
export function encryptForHyperProtect(token: ShownToken, material: Buffer): EncryptedKey {
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${material.length * 8}-cbc`, material, iv);
  const sealed = Buffer.concat([cipher.update(Buffer.from(token.nonce, 'base64')), cipher.final()]);
  return {
    payload: oaep(token, material, 'sha1'),
    encryptedNonce: sealed.toString('base64'),
    iv: iv.toString('base64'),
    encryptionAlgorithm: 'RSAES_OAEP_SHA_1',
  };
}

export function oaep(token: ShownToken, bytes: Buffer, oaepHash: 'sha256' | 'sha1'): string {
  const key = createPublicKey(Buffer.from(token.payload, 'base64').toString());
  return publicEncrypt({ key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }, bytes).toString('base64');
}
