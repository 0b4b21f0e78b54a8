import { createHmac } from 'node:crypto';
import type { Barrier } from '../../../crypto/barrier.ts';
import type { IdSource } from '../iam-deps.ts';

const SECRET_BYTES = 33;
const PREFIX = 'rwk_';

/** A new API key: 264 random bits as text, with a prefix that secret scanners can look for. */
export function newSecret(ids: Pick<IdSource, 'randomBytes'>): string {
  const bytes = ids.randomBytes(SECRET_BYTES);
  const secret = PREFIX + bytes.toString('base64url');
  bytes.fill(0);
  return secret;
}

/** What is stored instead of the secret: without the barrier key nobody can test a guess against it. */
export function hashSecret(barrier: Barrier, secret: string): Buffer {
  return createHmac('sha256', barrier.deriveKey('api-key-hash')).update(secret, 'utf8').digest();
}
