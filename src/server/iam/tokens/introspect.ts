import { RootwardError } from '../../../contract/errors.ts';
import type { OutputOf } from '../../../contract/operation.ts';
import { introspectToken } from '../../../contract/tokens/introspect.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { clientOf } from './client-credentials.ts';
import { presentedHolder } from './grants/presented.ts';
import { PUBLIC_TARGET } from './public-target.ts';

type Claims = OutputOf<typeof introspectToken.output>;

/**
 * Says of an access token what everybody who has it can read in it, and beyond that only whether it is still good. So clients of every
 * kind may ask, by their credentials or with a token of their own; who says nothing at all may not.
 */
export function introspectTokenHandler(deps: IamDeps): Handler {
  return handle(introspectToken, {
    async resolve({ input: { headers }, now }) {
      const [scheme = '', token = ''] = headers.authorization?.split(' ', 2) ?? [];
      if (scheme.toLowerCase() === 'bearer') await presentedHolder(deps, token, now);
      else if (clientOf(headers.authorization) === 'default') throw new RootwardError('CLIENT_CREDENTIALS');
      return { target: PUBLIC_TARGET, record: undefined };
    },
    async run({ input, now }) {
      return { output: (await claimsOf(deps, input.body.token, now)) ?? { active: false } };
    },
  });
}

async function claimsOf(deps: IamDeps, token: string, now: number): Promise<Claims | undefined> {
  try {
    const { verified } = await presentedHolder(deps, token, now);
    return { ...verified.payload, active: true } as Claims;
  } catch (error) {
    if (error instanceof RootwardError && (error.code === 'UNAUTHENTICATED' || error.code === 'TOKEN_EXPIRED')) return undefined;
    throw error;
  }
}
