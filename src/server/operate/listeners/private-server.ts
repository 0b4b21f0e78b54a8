import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { LISTENER } from '../../http.ts';
import { countAsPrivate } from '../../network/private-network.ts';
import { drain } from './drain.ts';

const DRAIN_MS = 5000;

export interface PrivateServer {
  readonly server: Server;
  /** Takes no new connection and waits for the requests under way. */
  close(): Promise<void>;
}

/** One more server of the application, which has to be ready. Whatever arrives by it counts as coming from the private network. */
export function createPrivateServer(app: FastifyInstance, tls?: { readonly cert: string; readonly key: string }): PrivateServer {
  let closing = false;
  const answer: Parameters<typeof createServer>[1] = (request, reply) => {
    if (closing) reply.setHeader('connection', 'close');
    app.routing(request, reply);
  };
  const server = tls ? createTlsServer({ ...LISTENER, ...tls }, answer) : createServer(LISTENER, answer);
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = app.server;
  Object.assign(server, { headersTimeout, requestTimeout, keepAliveTimeout, timeout });
  countAsPrivate(server);
  return {
    server,
    close() {
      closing = true;
      return drain(server, () => new Promise<void>((resolve) => server.close(() => resolve())), DRAIN_MS);
    },
  };
}
