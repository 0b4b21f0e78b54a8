import type { TSchema } from 'typebox';
import type { InputSchemas, Operation, OutputOf } from '../contract/operation.ts';
import { createToken } from '../contract/tokens/create.ts';
import type { TokenReply } from '../contract/tokens/grant.ts';
import { buildRequest } from './build-request.ts';
import type { CallInput, LooseInput } from './call-input.ts';
import { type Fetch, send } from './send.ts';
import { type TokenSource, tokensFor } from './token-source.ts';

const TIMEOUT_MS = 60_000;

export interface ClientOptions {
  /** Origin of the server; a path in front of the API's own is kept. */
  readonly url: string;
  /** Who calls: an API key that is exchanged for tokens, or an access token as it is. Neither: public operations only. */
  readonly apiKey?: string;
  readonly token?: string;
  /** Access tokens from elsewhere, such as a login that is kept. */
  readonly tokens?: TokenSource;
  readonly fetch?: Fetch;
  /** Milliseconds since 1970; decides when a token is renewed. */
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

export interface Client {
  readonly url: string;
  /** Runs an operation on the server. Throws RootwardError as the server threw it, or SERVER_UNREACHABLE. */
  call<I extends InputSchemas, O extends TSchema>(operation: Operation<I, O>, input: CallInput<I>): Promise<OutputOf<O>>;
  /** The same for an operation that is known only at run time; the server checks the input. */
  callLoosely(operation: Operation, input: LooseInput): Promise<unknown>;
  /** The access token that calls carry. */
  token(): Promise<string | undefined>;
}

/** A client of every API of a server. Works in browsers too. */
export function createClient(options: ClientOptions): Client {
  const url = options.url.replace(/\/+$/, '');
  const fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const token = tokenSource(options, async (body) => {
    return (await send(buildRequest(url, createToken as Operation, { body }), fetch, timeoutMs)) as TokenReply;
  });

  const callLoosely = async (operation: Operation, input: LooseInput): Promise<unknown> => {
    const request = buildRequest(url, operation, input);
    const bearer = operation.action === 'public' ? undefined : await token();
    if (bearer !== undefined) request.headers.authorization = `Bearer ${bearer}`;
    return send(request, fetch, timeoutMs);
  };
  return {
    url,
    token,
    callLoosely,
    async call(operation, input) {
      return (await callLoosely(operation as unknown as Operation, input)) as OutputOf<never>;
    },
  };
}

function tokenSource(options: ClientOptions, grant: Parameters<typeof tokensFor>[1]): TokenSource | (() => Promise<undefined>) {
  const { apiKey, token, tokens, now = Date.now } = options;
  if (tokens) return tokens;
  if (token !== undefined) return async () => token;
  return apiKey === undefined ? async () => undefined : tokensFor(apiKey, grant, now);
}
