import { RootwardError } from '../../../../contract/errors.ts';
import type { IamDeps } from '../../iam-deps.ts';
import { type Holder, holderOf } from '../holder.ts';
import { type VerifiedToken, verifyAccessToken } from '../verify.ts';

export interface Presented {
  readonly verified: VerifiedToken;
  readonly holder: Holder;
}

/** Whose an access token in a form is. Throws UNAUTHENTICATED or TOKEN_EXPIRED. */
export async function presentedHolder(deps: IamDeps, token: string, now: number): Promise<Presented> {
  const verified = await verifyAccessToken(deps, token, now);
  const holder = await holderOf(deps.store.db, verified, now);
  if (!holder)
    throw new RootwardError('UNAUTHENTICATED', { message: 'What this access token was made with is no longer valid.' });
  return { verified, holder };
}
