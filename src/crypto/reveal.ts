import type { SecretBytes } from './secret-bytes.ts';

/**
 * The one named way to raw bytes that outlive a call: a copy which the caller overwrites when done.
 * Whoever imports this file is on the list in reveal.test.ts.
 */
export function reveal(secret: SecretBytes): Buffer {
  return secret.use((bytes) => {
    const copy = Buffer.alloc(bytes.length);
    copy.set(bytes);
    return copy;
  });
}

/** The secret as canonical base64, for the one reply that carries it. A string cannot be overwritten, so make it late. */
export function revealBase64(secret: SecretBytes): string {
  return secret.use((bytes) => bytes.toString('base64'));
}

/** The secret as UTF-8 text (a PEM block, a passphrase). */
export function revealText(secret: SecretBytes): string {
  return secret.use((bytes) => bytes.toString('utf8'));
}
