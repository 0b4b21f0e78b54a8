/**
 * The baseline of `bench/wrap.ts`: a bare Fastify with the operation's own schemas that does no work at all. It checks the same
 * input, answers a body of the same form and length, and prints its address when it listens. `bare-fastify.ts REPLY` (JSON)
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { wrapDek } from '../../src/contract/keys/wrap.ts';

const [reply = '{}'] = process.argv.slice(2);
const answer = JSON.parse(reply) as { [name: string]: unknown };
const { http, input, output } = wrapDek;

const app = Fastify({ logger: false });
app.route({
  method: http.method,
  url: http.path,
  schema: { params: input.params, headers: input.headers, body: input.body, response: { 200: output } },
  handler: async () => answer,
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` })}\n`);
