import type { FastifyInstance } from 'fastify';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rootward</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; color: #161616; }
  code { background: #f4f4f4; padding: 0 .25rem; }
  @media (prefers-color-scheme: dark) { body { background: #161616; color: #f4f4f4; } code { background: #262626; } a { color: #78a9ff; } }
</style>
<h1>Rootward</h1>
<p>This server runs. Its APIs are at this address; the web console is not part of this release.</p>
<p>Use the command line: <code>rootward status</code>, <code>rootward ks cluster ls</code>, <code>rootward --help</code>.</p>
<p><a href="/identity/passcode">Log in for the command line</a> · <a href="/docs">Every operation</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/identity/.well-known/openid-configuration">Token issuer</a> · <a href="/identity/keys">Signing keys</a></p>
</html>
`;

/** One page at the addresses that a person opens first. It asks for nothing and shows nothing of anybody. */
export function serveLandingPage(app: FastifyInstance): void {
  for (const url of ['/', '/console'])
    app.get(url, (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        .send(PAGE),
    );
}
