import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';
import type { Barrier } from '../../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../../crypto/row.ts';

/** A login between its beginning and its end. The browser keeps it, sealed, so that any replica can finish what another began. */
export interface Attempt {
  readonly provider: string;
  readonly returnTo: 'passcode' | 'console';
  readonly account?: string;
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier. */
  readonly verifier: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** How long a person may take at the provider. */
export const ATTEMPT_MS = 5 * 60_000;

const SHAPE = /^[A-Za-z0-9_-]{64,4096}$/;
const CONTEXT: RowContext = { account: '', instance: '', key: '', version: '', purpose: 'secret' };

const keyOf = (barrier: Barrier): KeyObject => barrier.deriveKey('login-attempt');

export function sealAttempt(barrier: Barrier, attempt: Attempt): string {
  return sealRow(keyOf(barrier), CONTEXT, Buffer.from(JSON.stringify(attempt), 'utf8')).toString('base64url');
}

/** An attempt that was begun here and is not over. Undefined for everything else, whatever is wrong with it. */
export function openAttempt(barrier: Barrier, sealed: string, now: number): Attempt | undefined {
  if (!SHAPE.test(sealed)) return undefined;
  const attempt = open(keyOf(barrier), Buffer.from(sealed, 'base64url'));
  return attempt && now < attempt.until ? attempt : undefined;
}

function open(key: KeyObject, row: Buffer): Attempt | undefined {
  try {
    using opened = openRow(key, CONTEXT, row);
    return opened.use((bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Attempt);
  } catch (error) {
    // What anybody may send is no stored row that was damaged.
    if (error instanceof RootwardError && error.code === 'ROW_INTEGRITY') return undefined;
    throw error;
  }
}
