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

/** The secret as UTF-8 text (a PEM block, a passphrase). A string cannot be overwritten, so make it late. */
export function revealText(secret: SecretBytes): string {
  return secret.use((bytes) => bytes.toString('utf8'));
}
