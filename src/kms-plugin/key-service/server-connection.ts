import { Agent, request } from 'undici';
import { serverAddress } from '../../client/companion/server-address.ts';
import { RootwardError } from '../../contract/errors.ts';
import { CallFailure } from '../lease/call-failure.ts';

const MAX_ANSWER_BYTES = 1 << 20;
const CONNECTIONS = 32;
const CONNECT_MS = 2000;

export interface ServerAnswer {
  readonly status: number;
  readonly serverId: string | undefined;
  /** The JSON body, or undefined if it is not JSON. */
  readonly body: unknown;
}

export interface ServerRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Sends one POST. Throws CallFailure (timeout, network, tls); every answer, good or bad, is returned. */
export interface ServerConnection {
  readonly post: (request: ServerRequest) => Promise<ServerAnswer>;
  readonly close: () => Promise<void>;
}

/** A pool of connections to the server. Throws CONFIG for an address at which anybody could answer. */
export function connectServer(serverUrl: string, caFile: string | undefined): ServerConnection {
  const { prefix, connect } = serverAddress(serverUrl, { caFile, timeoutMs: CONNECT_MS });
  const dispatcher = new Agent({ connections: CONNECTIONS, maxResponseSize: MAX_ANSWER_BYTES, connect });
  return {
    post: async ({ path, headers, body, timeoutMs, signal }) => {
      const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
      try {
        const answer = await request(prefix + path, {
          dispatcher,
          method: 'POST',
          headers,
          body,
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        const serverId = answer.headers['rootward-server-id'];
        return {
          status: answer.statusCode,
          serverId: typeof serverId === 'string' ? serverId : undefined,
          body: json(await answer.body.text()),
        };
      } catch (cause) {
        throw failureOfTransport(cause, timeout.aborted);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever answered does not speak JSON; the status and the missing fields decide what that means.
    return undefined;
  }
}

function failureOfTransport(cause: unknown, timedOut: boolean): CallFailure {
  // Whoever could be listening there is not the server.
  if (cause instanceof RootwardError) return new CallFailure('wrong-server', cause.message, cause);
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (timedOut || code.includes('TIMEOUT') || code === 'ETIMEDOUT')
    return new CallFailure('timeout', 'the server did not answer in time', cause);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return new CallFailure('tls', `the TLS handshake failed (${code})`, cause);
  return new CallFailure('network', `the server cannot be reached${code === '' ? '' : ` (${code})`}`, cause);
}
