import { API_KEY_GRANT, type TokenReply } from '../contract/tokens/grant.ts';

/** A new token is fetched after this part of a token's life, so that no call carries one that ends on the way. */
const REFRESH_AT = 0.8;

export type TokenSource = () => Promise<string>;

/** Access tokens for an API key: fetched when needed, kept until 80 % of their life is over, one fetch at a time. */
export function tokensFor(
  apiKey: string,
  grant: (body: { grant_type: string; apikey: string }) => Promise<TokenReply>,
  now: () => number,
): TokenSource {
  let current: { readonly token: string; readonly staleAt: number } | undefined;
  let pending: Promise<string> | undefined;
  const fetchToken = async () => {
    const asked = now();
    const { access_token: token, expires_in: seconds } = await grant({ grant_type: API_KEY_GRANT, apikey: apiKey });
    current = { token, staleAt: asked + seconds * 1000 * REFRESH_AT };
    return token;
  };
  return async () => {
    if (current && now() < current.staleAt) return current.token;
    pending ??= fetchToken().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}
