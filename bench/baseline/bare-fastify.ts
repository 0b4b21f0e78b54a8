/**
 * The baseline of `bench/use-of-keys.ts`: a bare Fastify with the operation's own schemas that does no work at all. It checks the same
 * input, answers a body of the same form and length, and prints its address when it listens. `bare-fastify.ts wrap|unwrap REPLY` (JSON)
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { unwrapDek } from '../../src/contract/keys/use/unwrap.ts';
import { wrapDek } from '../../src/contract/keys/use/wrap.ts';

const [use, reply = '{}'] = process.argv.slice(2);
const answer = JSON.parse(reply) as { [name: string]: unknown };
const { http, input, output } = use === 'unwrap' ? unwrapDek : wrapDek;

const app = Fastify({ logger: false });
app.route({
  method: http.method,
  url: http.path,
  schema: { params: input.params, headers: input.headers, body: input.body, response: { 200: output } },
  handler: async () => answer,
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` })}\n`);
