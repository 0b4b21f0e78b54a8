import { randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault = 'none' | '503' | 'hang' | 'drop' | 'other-server' | 'says-deleted' | 'unknown-instance';

/** Stands between a plugin and its server, and can be told to do what networks and strangers do. */
export interface FaultyProxy {
  readonly url: string;
  fault: Fault;
  close(): Promise<void>;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = createServer((incoming, reply) => {
    const { fault } = proxy;
    if (fault === 'hang') return;
    if (fault === 'drop') {
      incoming.socket.destroy();
      return;
    }
    if (fault === '503') {
      reply.writeHead(503).end('no server is available');
      return;
    }
    if (fault === 'says-deleted') {
      const reasons = [{ code: 'KEY_DELETED_ERR', status: 410 }];
      reply
        .writeHead(410, { 'content-type': 'application/json' })
        .end(JSON.stringify({ resources: [{ errorMsg: 'Gone', reasons }] }));
      return;
    }
    const { method } = incoming;
    const headers = { ...incoming.headers };
    // The server itself then says what it says of an instance that it does not have.
    if (fault === 'unknown-instance' && headers['bluemix-instance']) headers['bluemix-instance'] = randomUUID();
    const outgoing = request(target + (incoming.url ?? ''), { method, headers }, (answer) => {
      const changed = fault === 'other-server' ? { ...answer.headers, 'rootward-server-id': 'somebody-else' } : answer.headers;
      reply.writeHead(answer.statusCode ?? 502, changed);
      answer.pipe(reply);
    });
    outgoing.on('error', () => reply.destroy());
    reply.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}
