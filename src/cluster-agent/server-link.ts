/** Requests to the key server as the cluster's agent: login, renewal, and nobody but the pinned server is listened to. */
import { Agent, request } from 'undici';
import { serverAddress } from '../client/companion/server-address.ts';
import { RootwardError } from '../contract/errors.ts';

export interface ServerLinkOptions {
  readonly serverUrl: string;
  readonly caFile?: string | undefined;
  readonly serverId: string;
  readonly readApiKey: () => string;
  readonly now: () => Date;
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Posting {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
const LOGIN_MS = 10_000;
/** A token is replaced when this part of its life is over. */
const REFRESH_AT = 0.8;
const CONNECT_MS = 10_000;

export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #prefix: string;
  readonly #agent: Agent;
  #token: { readonly value: string; readonly refreshAt: number } | undefined;
  #skewMs: number | undefined;

  /** @throws RootwardError CONFIG for an address at which anybody could answer */
  constructor(options: ServerLinkOptions) {
    const { prefix, connect } = serverAddress(options.serverUrl, { caFile: options.caFile, timeoutMs: CONNECT_MS });
    this.#options = options;
    this.#prefix = prefix;
    this.#agent = new Agent({ connect });
  }

  /** How far the server's clock is ahead of ours; undefined before its first answer. */
  get skewMs(): number | undefined {
    return this.#skewMs;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /**
   * Posts JSON with a valid token; a refused token is renewed once. Returns every answer below 500.
   * @throws RootwardError SERVER_UNREACHABLE (no answer, another server, 5xx), UNAUTHENTICATED, or the reason of the signal
   */
  async post(path: string, body: unknown, posting: Posting): Promise<ServerAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      const headers = { authorization: `Bearer ${await this.#validToken(posting.signal)}`, 'content-type': 'application/json' };
      const answer = await this.#exchange(path, headers, JSON.stringify(body), posting);
      if (answer.status !== 401) return answer;
      this.#token = undefined;
      if (attempt > 0) throw new RootwardError('UNAUTHENTICATED');
    }
  }

  async #validToken(signal: AbortSignal | undefined): Promise<string> {
    const now = this.#options.now().getTime();
    if (this.#token !== undefined && now < this.#token.refreshAt) return this.#token.value;
    const form = new URLSearchParams({ grant_type: GRANT, apikey: this.#options.readApiKey() });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const answer = await this.#exchange('/identity/token', headers, form.toString(), { timeoutMs: LOGIN_MS, signal });
    const { access_token: value, expires_in: seconds } = (answer.body ?? {}) as Record<string, unknown>;
    if (answer.status !== 200 || typeof value !== 'string' || typeof seconds !== 'number') {
      throw new RootwardError('UNAUTHENTICATED', { message: `The login with the API key was refused (${answer.status}).` });
    }
    this.#token = { value, refreshAt: now + seconds * 1000 * REFRESH_AT };
    return value;
  }

  async #exchange(path: string, headers: Record<string, string>, body: string, posting: Posting): Promise<ServerAnswer> {
    const { serverId, now } = this.#options;
    const timeout = AbortSignal.timeout(posting.timeoutMs);
    const signal = posting.signal === undefined ? timeout : AbortSignal.any([posting.signal, timeout]);
    let answer: Awaited<ReturnType<typeof request>>;
    let text: string;
    try {
      answer = await request(this.#prefix + path, {
        method: 'POST',
        dispatcher: this.#agent,
        headers,
        body,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      text = await answer.body.text();
    } catch (error) {
      if (posting.signal?.aborted) throw posting.signal.reason;
      if (error instanceof RootwardError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new RootwardError('SERVER_UNREACHABLE', {
        message: `The server cannot be reached: ${code ?? message}.`,
        cause: error,
      });
    }
    if (answer.headers['rootward-server-id'] !== serverId) {
      throw new RootwardError('SERVER_UNREACHABLE', {
        message: 'Something else than the pinned server answers at this address.',
      });
    }
    const date = Date.parse(String(answer.headers.date));
    if (Number.isFinite(date)) this.#skewMs = date - now().getTime();
    if (answer.statusCode >= 500 || answer.statusCode === 429) {
      throw new RootwardError('SERVER_UNREACHABLE', { message: `The server answered ${answer.statusCode}.` });
    }
    return { status: answer.statusCode, body: parseOrUndefined(text) };
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A 204 has no body, and whoever sends something else is judged by the status.
    return undefined;
  }
}
