import { SignJWT } from 'jose';
import { RootwardError } from '../../../contract/errors.ts';
import { createToken } from '../../../contract/tokens/create.ts';
import { API_KEY_GRANT, REFRESH_GRANT, TOKEN_SECONDS, type TokenReply } from '../../../contract/tokens/grant.ts';
import { type ApiKeyRow, findApiKey, findApiKeyByHash } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Target } from '../../target.ts';
import { hashSecret } from '../api-keys/secret.ts';
import type { IamDeps } from '../iam-deps.ts';
import { type Identity, identityOfKey } from '../identity.ts';
import { identityClaims } from './claims.ts';
import type { GuessLimit } from './guess-limit.ts';
import { openRefreshToken, sealRefreshToken } from './refresh-token.ts';

interface Login {
  readonly key: ApiKeyRow;
  readonly identity: Identity;
}

/** Exchanges an API key or a refresh token for an access token. Unknown, disabled and expired keys all look alike. */
export function createTokenHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  const { db } = deps.store;

  async function logIn(key: ApiKeyRow | undefined, now: number): Promise<Login | undefined> {
    const identity = key && (await identityOfKey(db, key, now));
    return key && identity && { key, identity };
  }

  const logInByApiKey = async (secret: string, now: number): Promise<Login | undefined> =>
    logIn(await findApiKeyByHash(db, hashSecret(deps.barrier, secret), now), now);

  async function logInByRefreshToken(token: string, now: number): Promise<Login | undefined> {
    const opened = openRefreshToken(deps.barrier, token, now);
    return opened && (await logIn(await findApiKey(db, opened.accountId, opened.apiKeyId), now));
  }

  return handle(createToken, {
    async resolve({ input, host, now }) {
      const { grant_type, apikey, refresh_token } = input.body;
      const wrong = (error: RootwardError): RootwardError => guesses.wrong(host.address, now, error);
      if (grant_type === API_KEY_GRANT) {
        const login = await logInByApiKey(required('apikey', apikey), now);
        if (!login) throw wrong(new RootwardError('API_KEY_NOT_FOUND'));
        return { target: targetOf(login), record: login };
      }
      if (grant_type !== REFRESH_GRANT) throw new RootwardError('GRANT_TYPE');
      const login = await logInByRefreshToken(required('refresh_token', refresh_token), now);
      if (!login)
        throw wrong(new RootwardError('UNAUTHENTICATED', { message: 'The refresh token is not valid or has expired.' }));
      return { target: targetOf(login), record: login };
    },
    async run(call, { key, identity }) {
      const issuedAt = Math.floor(call.now / 1000);
      const keyEnd = key.expires_at === null ? Number.POSITIVE_INFINITY : Math.floor(key.expires_at / 1000);
      const expiration = Math.min(issuedAt + TOKEN_SECONDS, keyEnd);
      const { kid, privateKey } = deps.signingKeys.current;
      const claims = identityClaims(identity, key.id);
      const accessToken = await new SignJWT(claims)
        .setProtectedHeader({ kid, alg: 'RS256' })
        .setIssuer(deps.issuer())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiration)
        .setJti(deps.newId())
        .sign(privateKey);
      const output: TokenReply = {
        access_token: accessToken,
        refresh_token: sealRefreshToken(deps.barrier, key.id, key.account_id, call.now),
        token_type: 'Bearer',
        expires_in: expiration - issuedAt,
        expiration,
        scope: String(claims.scope),
      };
      const { iamId, accountId } = identity.principal;
      return { output, audit: { requestData: { grantType: call.input.body.grant_type }, responseData: { iamId, accountId } } };
    },
  });
}

function required(name: 'apikey' | 'refresh_token', value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new RootwardError('INVALID_FIELD', { message: `Field ${name} is missing.`, target: { type: 'field', name } });
}

function targetOf({ key }: Login): Target {
  return {
    serviceName: 'iam-identity',
    accountId: key.account_id,
    resourceType: 'apikey',
    resource: key.id,
    name: key.name,
  };
}
