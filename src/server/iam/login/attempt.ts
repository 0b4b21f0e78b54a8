import type { Barrier } from '../../../crypto/barrier.ts';
import { openText, sealText } from '../sealed-text.ts';

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

const LABEL = 'login-attempt';

export function sealAttempt(barrier: Barrier, attempt: Attempt): string {
  return sealText(barrier, LABEL, JSON.stringify(attempt));
}

/** An attempt that was begun here and is not over. Undefined for everything else, whatever is wrong with it. */
export function openAttempt(barrier: Barrier, sealed: string, now: number): Attempt | undefined {
  const text = openText(barrier, LABEL, sealed);
  const attempt = text === undefined ? undefined : (JSON.parse(text) as Attempt);
  return attempt && now < attempt.until ? attempt : undefined;
}
