import type { Operation } from '../../../src/contract/operation.ts';
import type { Principal } from '../../../src/server/principal.ts';
import type { TestServer } from '../../../src/server/testkit/test-server.ts';

/** Is a call allowed, by the two steps of the pipeline that decide? Nothing is done, and no refusal is recorded. */
export async function isDecidedFor(
  server: TestServer,
  operation: Operation,
  principal: Principal,
  input: object,
): Promise<boolean> {
  const handler = server.pipeline.handlers.get(operation.name);
  if (!handler || operation.action === 'public') throw new Error(`${operation.name} is not decided`);
  const given = { params: {}, query: {}, headers: {}, body: undefined, ...input };
  const resolved = await handler.resolve({
    principal,
    input: given as never,
    correlationId: 'matrix',
    now: server.clock.now(),
    host: { address: '127.0.0.1', agent: 'matrix', network: 'private' },
    mustBeCurrent() {},
  });
  const { allowed } = await server.decide(principal, operation.action, resolved.target);
  return allowed && resolved.missing?.code !== 'ACTION_DENIED';
}
