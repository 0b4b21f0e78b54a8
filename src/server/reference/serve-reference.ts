import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { describeOperations } from '../../contract/openapi/document.ts';
import type { Operation } from '../../contract/operation.ts';
import { docsPage } from './docs-page.ts';
import { STYLE } from './docs-style.ts';

/** Nothing but the page's own style: no script, no frame, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const CACHE = 'public, max-age=300';

/** The reference of every operation: for programs at `/openapi.json`, for people at `/docs`. Each is written once, when it is asked for. */
export function serveReference(app: FastifyInstance, operations: readonly Operation[], version: string): void {
  let document: string | undefined;
  let page: string | undefined;
  const method = ['GET', 'HEAD'];
  app.route({
    method,
    url: '/openapi.json',
    handler: (_request, reply) => {
      document ??= JSON.stringify(describeOperations(operations, version));
      return reply
        .type('application/json; charset=utf-8')
        .header('cache-control', CACHE)
        .header('access-control-allow-origin', '*')
        .send(document);
    },
  });
  app.route({
    method,
    url: '/docs',
    handler: (_request, reply) => {
      page ??= docsPage(operations, version);
      return reply
        .type('text/html; charset=utf-8')
        .header('cache-control', CACHE)
        .header('content-security-policy', POLICY)
        .header('x-content-type-options', 'nosniff')
        .send(page);
    },
  });
}
