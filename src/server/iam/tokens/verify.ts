import { errors, type JWTPayload, jwtVerify } from 'jose';
import { RootwardError } from '../../../contract/errors.ts';
import type { LoginSource } from '../../principal.ts';
import type { SigningKeys } from '../signing-keys/signing-keys.ts';
import { API_KEY_CLAIM, SECRET_EPOCH_CLAIM, SESSION_CLAIM } from './claims.ts';

export interface VerifyDeps {
  readonly signingKeys: SigningKeys;
  readonly issuer: () => string;
}

/** What a genuine access token says. Whether its holder still counts is another question. */
export interface VerifiedToken {
  readonly accountId: string;
  readonly iamId: string;
  /** What it hangs on: exactly one of the two. */
  readonly login: LoginSource;
  readonly grantType: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly payload: JWTPayload;
}

/** Checks signature, issuer and time. Throws UNAUTHENTICATED or TOKEN_EXPIRED. */
export async function verifyAccessToken(deps: VerifyDeps, token: string, now: number): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => findKey(deps.signingKeys, kid), {
      algorithms: ['RS256'],
      issuer: deps.issuer(),
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'iam_id'],
    });
    return readPayload(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new RootwardError('TOKEN_EXPIRED');
    if (error instanceof errors.JOSEError) throw new RootwardError('UNAUTHENTICATED', { cause: error });
    throw error;
  }
}

function readPayload(payload: JWTPayload): VerifiedToken {
  const account = payload.account as { bss?: unknown } | undefined;
  const { [API_KEY_CLAIM]: apiKeyId, [SESSION_CLAIM]: sessionId, iam_id: iamId, grant_type: grantType } = payload;
  const secretEpoch = Number(payload[SECRET_EPOCH_CLAIM] ?? 0);
  const login =
    typeof apiKeyId === 'string' ? { apiKeyId, secretEpoch } : typeof sessionId === 'string' ? { sessionId } : undefined;
  if (!login || typeof iamId !== 'string' || typeof account?.bss !== 'string') throw new RootwardError('UNAUTHENTICATED');
  return {
    accountId: account.bss,
    iamId,
    login,
    grantType: typeof grantType === 'string' ? grantType : '',
    expires: Number(payload.exp) * 1000,
    payload,
  };
}

async function findKey(signingKeys: SigningKeys, kid: string | undefined) {
  const key = kid === undefined ? undefined : await signingKeys.publicKey(kid);
  if (!key)
    throw new RootwardError('UNAUTHENTICATED', { message: 'The access token was signed with a key that is not known here.' });
  return key;
}
