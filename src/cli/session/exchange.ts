import { createClient } from '../../client/client.ts';
import type { TokenSource } from '../../client/token-source.ts';
import { RootwardError } from '../../contract/errors.ts';
import { createToken } from '../../contract/tokens/create.ts';
import { ASSUME_GRANT, REFRESH_GRANT, type TokenReply, type TokenRequest } from '../../contract/tokens/grant.ts';
import type { Io } from '../io.ts';
import { forgetLogin, type KeptLogin, keepLogin, loginFile, readKeptLogin } from './kept-login.ts';
import { withLock } from './login-lock.ts';

/** As whom published command lines ask for tokens; only so are there refresh tokens. */
const CLIENT = `Basic ${Buffer.from('bx:bx').toString('base64')}`;
/** A new access token is fetched after this part of its life. */
const REFRESH_AT = 0.8;

/** Exchanges what somebody logs in with for a login that can be kept. */
export async function exchange(url: string, body: TokenRequest, now: () => number): Promise<KeptLogin> {
  const asked = now();
  const reply = await createClient({ url }).call(createToken, { headers: { authorization: CLIENT }, body });
  const claims = claimsOf(reply.access_token);
  return {
    url,
    accountId: claims.account.bss,
    iamId: claims.iam_id,
    user: claims.email || claims.name || claims.sub,
    ...tokens(reply, asked),
  };
}

/**
 * The same login, but acting as a trusted profile: named by its id, its CRN or its name. Only who is logged in has a refresh token;
 * with it, the profile is assumed anew each time. Throws ACTION_DENIED.
 */
export async function assumeProfile(login: KeptLogin, named: string, now: () => number): Promise<KeptLogin> {
  const asked = now();
  const body = {
    grant_type: ASSUME_GRANT,
    access_token: login.accessToken,
    ...(/^(iam-)?Profile-/.test(named) && { profile_id: named }),
    ...(named.startsWith('crn:') && { profile_crn: named }),
    ...(!/^((iam-)?Profile-|crn:)/.test(named) && { profile_name: named, account: login.accountId }),
  };
  const reply = await createClient({ url: login.url }).call(createToken, { body });
  const claims = claimsOf(reply.access_token);
  const profile = { id: claims.iam_id.replace(/^iam-/, ''), name: claims.name ?? claims.iam_id };
  return { ...login, profile, ...tokens({ ...reply, refresh_token: login.refreshToken }, asked) };
}

function tokens(reply: TokenReply, asked: number): Pick<KeptLogin, 'accessToken' | 'refreshToken' | 'staleAt'> {
  return {
    accessToken: reply.access_token,
    refreshToken: reply.refresh_token,
    staleAt: asked + reply.expires_in * 1000 * REFRESH_AT,
  };
}

/**
 * Access tokens of the login that is kept, renewed when they are old. A refresh token is good once, so the next one is in the file
 * before what came with it is used, and commands that run at the same time renew one after the other.
 */
export function keptTokens(url: string, io: Pick<Io, 'env' | 'now'>): TokenSource {
  const { env, now } = io;
  return async () => {
    const before = readLoginAt(url, env);
    if (now() < before.staleAt) return before.accessToken;
    return withLock(loginFile(env), async () => {
      const login = readLoginAt(url, env);
      if (now() < login.staleAt) return login.accessToken;
      const own = await renew(login, io);
      const { profile } = login;
      if (!profile) return own.accessToken;
      const acting = await assumeProfile(own, profile.id, now);
      keepLogin(env, acting);
      return acting.accessToken;
    });
  };
}

/** Access tokens of who is logged in, also where commands act as a trusted profile: a profile has no login that could be ended. */
export function ownTokens(url: string, io: Pick<Io, 'env' | 'now'>): TokenSource {
  const { env } = io;
  return async () => {
    if (readLoginAt(url, env).profile === undefined) return keptTokens(url, io)();
    return withLock(loginFile(env), async () => (await renew(readLoginAt(url, env), io)).accessToken);
  };
}

function readLoginAt(url: string, env: NodeJS.ProcessEnv): KeptLogin {
  const login = readKeptLogin(env);
  // Whoever logs in elsewhere meanwhile must not have his token sent here.
  if (login && new URL(login.url).origin === new URL(url).origin) return login;
  throw new RootwardError('NOT_LOGGED_IN', { message: 'You are no longer logged in.', hint: 'rootward login' });
}

/** Uses the refresh token up; the login of who is logged in, himself, once the next refresh token is in the file. Only under the lock. */
async function renew(login: KeptLogin, { env, now }: Pick<Io, 'env' | 'now'>): Promise<KeptLogin> {
  const asked = now();
  const body = { grant_type: REFRESH_GRANT, refresh_token: login.refreshToken };
  const client = createClient({ url: login.url });
  const reply = await client.call(createToken, { headers: { authorization: CLIENT }, body }).catch((error: unknown) => {
    throw endOf(error, env);
  });
  const own = { ...login, ...tokens(reply, asked) };
  // What was given to the profile is no longer wanted, and what is his own must not be taken for it.
  keepLogin(env, login.profile ? { ...own, accessToken: '', staleAt: 0 } : own);
  return own;
}

/** A login that has ended is forgotten, so that the next command does not try it again. */
function endOf(error: unknown, env: NodeJS.ProcessEnv): unknown {
  if (!(error instanceof RootwardError && error.code === 'UNAUTHENTICATED')) return error;
  forgetLogin(env);
  return new RootwardError('NOT_LOGGED_IN', {
    message: `Your login has ended: ${error.message}`,
    hint: 'rootward login',
    cause: error,
  });
}

interface Claims {
  readonly account: { readonly bss: string };
  readonly iam_id: string;
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
}

/** What the server says of whom it logged in. It is only shown: the server itself checks the token each time. */
function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
}
