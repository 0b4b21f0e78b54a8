import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

export interface Health {
  /** Reasons why requests cannot be served now; empty: ready. */
  readonly unready: () => readonly string[];
}

/** `/livez` (the process answers), `/readyz` (requests are served) and `/metrics`, on a listener of their own without authentication. */
export function createManagement(registry: Registry, health: Health): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    const reply = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    if (request.method !== 'GET') return reply(405, 'only GET\n');
    if (path === '/livez') return reply(200, 'ok\n');
    if (path === '/readyz') {
      const reasons = health.unready();
      return reasons.length === 0 ? reply(200, 'ok\n') : reply(503, `${reasons.join('\n')}\n`);
    }
    if (path !== '/metrics') return reply(404, 'there are /livez, /readyz and /metrics\n');
    registry.metrics().then(
      (body) => reply(200, body, registry.contentType),
      () => reply(500, 'the metrics cannot be read\n'),
    );
  });
}
