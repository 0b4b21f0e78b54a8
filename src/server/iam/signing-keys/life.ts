import { TOKEN_SECONDS } from '../../../contract/tokens/grant.ts';
import type { SigningKeyRow } from '../../../store/iam/signing-keys.ts';

/** For a replica that has not heard of a rotation yet, or has another clock. */
const SLACK_MS = 600_000;

/** Until this long after its retirement, in ms, a token that a key has signed can still be good. */
export const VERIFIES_MS = TOKEN_SECONDS * 1000 + SLACK_MS;

type State = Pick<SigningKeyRow, 'activated_at' | 'retired_at'>;

export const isNext = (row: State): boolean => row.activated_at === null && row.retired_at === null;
export const isCurrent = (row: State): boolean => row.activated_at !== null && row.retired_at === null;
export const isLive = (row: State, now: number): boolean => row.retired_at === null || now < row.retired_at + VERIFIES_MS;
