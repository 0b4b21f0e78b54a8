import { createHmac } from 'node:crypto';
import type { Barrier } from '../../../crypto/barrier.ts';
import { dropOldPasscodes, insertPasscode } from '../../../store/iam/passcodes.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';

/** Long enough to change from the browser to a terminal. */
const LIFE_MS = 5 * 60_000;
const CHARACTERS = 20;
/** 32 characters that nobody mistakes for each other. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface Passcode {
  /** 100 random bits as four groups of five characters: `7K2QX-…`. Shown once, never stored. */
  readonly passcode: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface PasscodeHolder {
  readonly accountId: string;
  readonly iamId: string;
  /** With which the holder has logged in, if so: the new login ends with it too. */
  readonly apiKeyId?: string | undefined;
  /** What an identity provider said of the holder, as JSON. */
  readonly claims?: string | undefined;
}

/** Issues a code that its reader can exchange once, within five minutes, for a login of `iamId` in the account. */
export async function issuePasscode(
  deps: Pick<IdSource, 'randomBytes'> & { readonly barrier: Barrier },
  tx: Tx,
  { accountId, iamId, apiKeyId, claims, now }: PasscodeHolder & { readonly now: number },
): Promise<Passcode> {
  const characters = Array.from(deps.randomBytes(CHARACTERS), (byte) => CROCKFORD[byte % CROCKFORD.length]).join('');
  const passcode = characters.replaceAll(/(.{5})(?=.)/g, '$1-');
  const expiresAt = now + LIFE_MS;
  await dropOldPasscodes(tx, now);
  await insertPasscode(tx, {
    code_hash: hashPasscode(deps.barrier, passcode),
    account_id: accountId,
    iam_id: iamId,
    api_key_id: apiKeyId ?? null,
    expires_at: expiresAt,
    created_at: now,
    claims: claims ?? null,
  });
  return { passcode, expiresAt };
}

/** What is stored of a passcode, however it was typed: in small letters, without the dashes. */
export function hashPasscode(barrier: Barrier, passcode: string): Buffer {
  const plain = passcode.replaceAll(/[\s-]/g, '').toUpperCase();
  return createHmac('sha256', barrier.deriveKey('passcode-hash')).update(plain, 'utf8').digest();
}
