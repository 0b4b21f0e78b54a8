import { CallFailure, wrongServer } from '../lease/call-failure.ts';
import type { ServerConnection } from './server-connection.ts';

const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
/** A token is replaced when this part of its life is over. */
const REFRESH_AT = 0.8;
const LOGIN_TIMEOUT_MS = 2000;
/** A token that is younger than this was not refused for its age. */
const FRESH_MS = 10_000;

export interface Login {
  /** A valid access token. Throws CallFailure. */
  readonly token: () => Promise<string>;
  /** The server refused this token. True when the next `token()` will be another one. */
  readonly refused: (token: string) => boolean;
}

/** Trades the cluster's API key for access tokens; `readApiKey` is asked every time, so a replaced file is picked up. */
export function createLogin(deps: {
  readonly connection: ServerConnection;
  readonly readApiKey: () => string;
  readonly serverId: string;
  readonly clock: () => number;
}): Login {
  let current: { token: string; since: number; refreshAt: number; endsAt: number } | undefined;
  let running: Promise<string> | undefined;

  const apiKey = (): string => {
    try {
      return deps.readApiKey();
    } catch (cause) {
      // The file may be missing for a moment while somebody replaces it.
      throw new CallFailure('login', 'the API key cannot be read', cause);
    }
  };
  const login = async (): Promise<string> => {
    const since = deps.clock();
    const { status, serverId, body } = await deps.connection.post({
      path: '/identity/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ grant_type: GRANT, apikey: apiKey() }).toString(),
      timeoutMs: LOGIN_TIMEOUT_MS,
    });
    if (serverId !== deps.serverId) throw new CallFailure('wrong-server', wrongServer(serverId));
    if (status >= 500) throw new CallFailure('server-error', `the login answered ${status}`);
    const { access_token: token, expires_in: seconds } = (body ?? {}) as Record<string, unknown>;
    if (status !== 200) throw new CallFailure('login', `the login with the API key was refused (${status})`);
    if (typeof token !== 'string' || typeof seconds !== 'number')
      throw new CallFailure('protocol', 'the login answered no token');
    const life = seconds * 1000;
    current = { token, since, refreshAt: since + life * REFRESH_AT, endsAt: since + life };
    return token;
  };
  const renew = (): Promise<string> => {
    running ??= login().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    token: async () => {
      const now = deps.clock();
      if (current === undefined || now >= current.endsAt) return await renew();
      // The old token serves until it ends, so that a slow login delays nobody; the failure shows when it does end.
      if (now >= current.refreshAt) renew().catch(() => undefined);
      return current.token;
    },
    refused: (token) => {
      if (current?.token !== token) return true;
      if (deps.clock() - current.since < FRESH_MS) return false;
      current = undefined;
      return true;
    },
  };
}
