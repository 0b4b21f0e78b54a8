import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { listenByRename } from './grpc/listen.ts';

export interface Management {
  readonly close: () => Promise<void>;
}

/** `/livez`, `/readyz` and `/metrics` on a unix socket. `notReady` says why calls would fail, or undefined. */
export async function serveManagement(
  path: string,
  deps: { readonly registry: Registry; readonly notReady: () => string | undefined },
): Promise<Management> {
  const server = createServer((request, reply) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      reply.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
    };
    if (request.method !== 'GET') return answer(405, 'only GET\n');
    switch (request.url) {
      case '/livez':
        return answer(200, 'ok\n');
      case '/readyz': {
        const problem = deps.notReady();
        return problem === undefined ? answer(200, 'ok\n') : answer(503, `${problem}\n`);
      }
      case '/metrics':
        deps.registry.metrics().then(
          (text) => answer(200, text, deps.registry.contentType),
          () => answer(500, 'the metrics could not be read\n'),
        );
        return;
      default:
        return answer(404, 'there is no such address here\n');
    }
  });
  const bound = await listenByRename(server, path);
  return {
    close: async () => {
      bound.release();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
