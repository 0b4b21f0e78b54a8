import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { RootwardError } from '../../contract/errors.ts';
import { CallFailure } from '../lease/call-failure.ts';

const MAX_ANSWER_BYTES = 1 << 20;
const CONNECTIONS = 32;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

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

/** A pool of connections to the server. Clear HTTP is for loopback only; throws CONFIG otherwise. */
export function connectServer(serverUrl: string, caFile: string | undefined): ServerConnection {
  const base = new URL(serverUrl);
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && LOOPBACK.has(base.hostname))) {
    throw new RootwardError('CONFIG', {
      message: 'serverUrl has to be https, or http on loopback',
      target: { type: 'field', name: 'serverUrl' },
    });
  }
  const prefix = base.href.replace(/\/$/, '');
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: { timeout: 2000, ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }) },
  });
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
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (timedOut || code.includes('TIMEOUT') || code === 'ETIMEDOUT')
    return new CallFailure('timeout', 'the server did not answer in time', cause);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return new CallFailure('tls', `the TLS handshake failed (${code})`, cause);
  return new CallFailure('network', `the server cannot be reached${code === '' ? '' : ` (${code})`}`, cause);
}
