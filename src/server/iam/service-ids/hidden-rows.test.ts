import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('the address of a next page tells nothing of the service IDs that its reader may not see', async () => {
  const { token } = await addPerson(server, 'zoe');
  for (const name of ['secret project a', 'secret project b']) {
    await server.call(createServiceId, server.ownerToken, { body: { name } });
  }
  const { output } = await server.call(listServiceIds, token, { query: { pagesize: 1, sort: 'name' } });
  expect(output.serviceids).toEqual([]);
  const pagetoken = new URL(output.next ?? '').searchParams.get('pagetoken') ?? '';
  expect(Buffer.from(pagetoken, 'base64url').toString('latin1')).not.toContain('secret project');
});
