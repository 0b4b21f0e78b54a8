import Fastify, { type FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownCode } from '../../contract/openapi/answers.ts';
import { curlExample, exampleOf } from '../../contract/openapi/example.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { escapeHtml, html, prose } from './html.ts';
import { serveReference } from './serve-reference.ts';

let app: FastifyInstance;
beforeAll(() => {
  app = Fastify();
  serveReference(app, OPERATIONS, '1.2.3');
});
afterAll(() => app.close());

describe('the reference that a server serves', () => {
  it('is an OpenAPI document at /openapi.json, for everybody', async () => {
    const reply = await app.inject({ url: '/openapi.json' });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.headers['cache-control']).toBe('public, max-age=300');
    expect(reply.json()).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  });

  it('is a page at /docs with a section for every operation: its address, its example and its errors', async () => {
    const page = (await app.inject({ url: '/docs' })).body;
    for (const operation of OPERATIONS) {
      const section = page.split(`<section id="${operation.name}">`)[1]?.split('</section>')[0] ?? '';
      expect(section).toContain(`>${operation.http.method}</span>`);
      expect(section).toContain(escapeHtml(operation.http.path.replaceAll(/:(\w+)/g, '{$1}')));
      expect(section).toContain(escapeHtml(curlExample(operation)));
      for (const code of operation.errors) expect(section).toContain(`<code>${shownCode(operation, code)}</code>`);
    }
  });

  it('answers a head as it answers the page, without it', async () => {
    for (const url of ['/docs', '/openapi.json']) {
      const head = await app.inject({ method: 'HEAD', url });
      expect([head.statusCode, head.body]).toEqual([200, '']);
    }
  });

  it('asks for nothing from anywhere, and its policy lets nothing in but its own style', async () => {
    const { body, headers } = await app.inject({ url: '/docs' });
    expect(body).not.toMatch(/<script|<img|<link|@import|url\(|\bon\w+="|style="/);
    expect(body.match(/<style>/g)).toHaveLength(1);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; /);
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('has a place for each of its own links', async () => {
    const page = (await app.inject({ url: '/docs' })).body;
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(OPERATIONS.length - 1);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
  });
});

describe('an example', () => {
  it.each(OPERATIONS.filter(({ input }) => input.body).map((operation) => [operation.name, operation] as const))(
    'of %s has a body that the operation accepts',
    (_, { input }) => {
      const body = exampleOf(input.body);
      const check = Compile(input.body ?? {});
      expect(check.Check(body) ? [] : [...check.Errors(body)]).toEqual([]);
    },
  );
});

it('text in the page is escaped, and only words between backquotes are code', () => {
  expect(html`<b>${'<i>&"'}</b>${undefined}${html`<u>${['a', 'b']}</u>`}`.html).toBe('<b>&lt;i&gt;&amp;&quot;</b><u>ab</u>');
  expect(prose('a `<b>` c\n\nd').html).toBe('<p>a <code>&lt;b&gt;</code> c</p>\n<p>d</p>');
});
