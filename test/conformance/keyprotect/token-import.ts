import { constants, createCipheriv, createSecretKey, publicEncrypt, randomBytes } from 'node:crypto';

/** What an import with a token carries, made as the clients make it: RSA-OAEP with SHA-256, and the nonce under the key itself. */
export function tokenKeyEncrypts(
  token: { readonly payload: string; readonly nonce: string },
  material: Buffer,
  iv = randomBytes(12).toString('base64'),
): { payload: string; encryptedNonce: string; iv: string; encryptionAlgorithm: string } {
  const pem = Buffer.from(token.payload, 'base64').toString();
  const encrypted = publicEncrypt({ key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material);
  const algorithm = `aes-${material.length * 8}-gcm` as 'aes-256-gcm';
  const cipher = createCipheriv(algorithm, createSecretKey(material), Buffer.from(iv, 'base64'), { authTagLength: 16 });
  const nonce = Buffer.concat([cipher.update(Buffer.from(token.nonce, 'base64')), cipher.final(), cipher.getAuthTag()]);
  return {
    payload: encrypted.toString('base64'),
    encryptedNonce: nonce.toString('base64'),
    iv,
    encryptionAlgorithm: 'RSAES_OAEP_SHA_256',
  };
}
