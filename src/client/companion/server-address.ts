import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildConnector } from 'undici';
import { RootwardError } from '../../contract/errors.ts';
import { requirePrivateDirectory } from './private-directory.ts';

/** What a `serverUrl` looks like; `unix:` is followed by the absolute path of a socket. */
export const SERVER_URL_PATTERN = '^(https?://[^\\s]+|unix:///[^\\s?#]+)$';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Where a plugin or agent sends its requests. */
export interface ServerAddress {
  /** What the path of an operation is appended to. */
  readonly prefix: string;
  /** How a connection is made. On a unix socket each one begins with a look at who owns the directory. */
  readonly connect: buildConnector.connector;
}

/**
 * Reads a `serverUrl`. The server's identity is a public word, so it is believed only where nobody else can answer: over TLS, on a
 * unix socket in a directory of our own, or, for servers that are tried out by hand, on loopback. Throws CONFIG.
 */
export function serverAddress(
  serverUrl: string,
  tuning: { readonly caFile: string | undefined; readonly timeoutMs: number },
): ServerAddress {
  const { caFile, timeoutMs: timeout } = tuning;
  const url = new URL(serverUrl);
  if (url.protocol === 'unix:') {
    const socketPath = decodeURIComponent(url.pathname);
    return { prefix: 'http://localhost', connect: overPrivateSocket(socketPath, buildConnector({ socketPath, timeout })) };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) {
    throw new RootwardError('CONFIG', {
      message: 'serverUrl has to be https, a unix socket, or http on loopback.',
      target: { type: 'field', name: 'serverUrl' },
    });
  }
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  return { prefix: url.href.replace(/\/$/, ''), connect: buildConnector({ timeout, ...ca }) };
}

function overPrivateSocket(socketPath: string, connect: buildConnector.connector): buildConnector.connector {
  return (options, done) => {
    try {
      requirePrivateDirectory(dirname(socketPath));
    } catch (error) {
      done(error as Error, null);
      return;
    }
    connect(options, done);
  };
}
