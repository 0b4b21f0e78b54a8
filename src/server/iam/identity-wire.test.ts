import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../http.ts';
import { createLog } from '../log.ts';
import { startTestServer, type TestServer } from '../testkit/test-server.ts';

let server: TestServer;
let http: FastifyInstance;
beforeAll(async () => {
  server = await startTestServer();
  http = createHttp({
    pipeline: server.pipeline,
    serverId: 'test',
    newId: server.iam.newId,
    log: createLog({ level: 'fatal' }),
  });
});
afterAll(async () => {
  await http.close();
  await server[Symbol.asyncDispose]();
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
const ask = (method: Method, url: string, payload?: object, headers: Record<string, string> = {}) =>
  http.inject({
    method,
    url,
    headers: { authorization: `Bearer ${server.ownerToken}`, ...headers },
    ...(payload && { payload }),
  });

test.each(['/v1/serviceids', '/v1/serviceids/'])('service IDs are made and listed at %s', async (url) => {
  const made = await ask('POST', url, { account_id: server.account.accountId, name: `at ${url}` }, { 'Entity-Lock': 'false' });
  expect([made.statusCode, made.headers.etag]).toEqual([201, made.json().entity_tag]);
  const listed = await ask('GET', `${url}?account_id=${server.account.accountId}&name=${encodeURIComponent(`at ${url}`)}`);
  expect(listed.json().serviceids).toEqual([made.json()]);
});

test('locks and disabling take requests without a body, and answer 204 without one', async () => {
  const { id } = (await ask('POST', '/v1/apikeys', { name: 'k' })).json();
  for (const [method, what] of [
    ['POST', 'lock'],
    ['DELETE', 'lock'],
    ['POST', 'disable'],
    ['DELETE', 'disable'],
  ] as const) {
    const reply = await ask(method, `/v1/apikeys/${id}/${what}`);
    expect([reply.statusCode, reply.body]).toEqual([204, '']);
  }
  const rotated = await ask('POST', `/v1/apikeys/${id}/rotate`);
  expect([rotated.statusCode, rotated.json().apikey]).toEqual([200, expect.stringMatching(/^rwk_/)]);
});

test('an old entity tag is answered 409 in the form of the identity service', async () => {
  const { id, entity_tag } = (await ask('POST', '/v1/apikeys', { name: 'k' })).json();
  const put = (name: string) => ask('PUT', `/v1/apikeys/${id}`, { name }, { 'If-Match': entity_tag });
  expect((await put('a')).statusCode).toBe(200);
  const reply = await put('b');
  expect(reply.statusCode).toBe(409);
  expect(reply.json()).toMatchObject({
    context: { requestId: expect.any(String) },
    status_code: 409,
    errors: [{ code: 'conflict', message_code: 'ENTITY_TAG', message: expect.stringContaining('If-Match') }],
    trace: expect.any(String),
  });
  await ask('POST', `/v1/apikeys/${id}/lock`);
  const locked = await ask('DELETE', `/v1/apikeys/${id}`);
  expect([locked.statusCode, locked.json().errors[0].code]).toEqual([423, 'locked']);
});

test('a page token that nobody made is refused with 400, whatever is in it', async () => {
  const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const good = { filters: {}, sort: 'name', descending: false, backwards: false, value: 'a', id: 'b' };
  for (const pagetoken of [
    'x',
    token({ ...good, sort: 'secret_hash' }),
    token({ ...good, sort: 'created_at' }),
    token({ ...good, id: 'a\u0000' }),
  ]) {
    for (const url of ['/v1/apikeys', '/v1/serviceids', '/v1/profiles']) {
      const reply = await ask('GET', `${url}?pagetoken=${pagetoken}`);
      expect([url, reply.statusCode, reply.json().status_code]).toEqual([url, 400, 400]);
    }
  }
});

test('a membership is asked for by HEAD, and changes of several answer 207', async () => {
  const { id } = (await ask('POST', `/v2/groups?account_id=${server.account.accountId}`, { name: 'g' })).json();
  const member = server.account.ownerIamId;
  const head = async () => {
    const { statusCode, body } = await ask('HEAD', `/v2/groups/${id}/members/${member}`);
    return [statusCode, body];
  };
  expect(await head()).toEqual([404, '']);
  const added = await ask('PUT', `/v2/groups/${id}/members`, { members: [{ iam_id: member, type: 'user' }] });
  expect([added.statusCode, added.json().members[0].status_code]).toEqual([207, 200]);
  expect(await head()).toEqual([204, '']);
  const left = await ask('DELETE', `/v2/groups/_allgroups/members/${member}`);
  expect([left.statusCode, left.json().groups]).toEqual([207, [expect.objectContaining({ access_group_id: id })]]);
  const missing = await ask('GET', '/v2/groups/AccessGroupId-none');
  expect([missing.statusCode, missing.json()]).toEqual([404, expect.objectContaining({ trace: expect.any(String) })]);
});

test('a value that is none of those that are taken is answered with which those are', async () => {
  const messageOf = async (method: Method, url: string, payload?: object) => {
    const reply = await ask(method, url, payload, { 'If-Match': '*' });
    return [reply.statusCode, reply.json().errors?.[0].message ?? reply.json().message];
  };
  expect(await messageOf('GET', '/v1/apikeys?scope=all')).toEqual([400, 'Query parameter scope is none of: entity, account.']);
  expect(await messageOf('GET', '/v2/resource_instances?state=gone')).toEqual([
    400,
    expect.stringMatching(/^Query parameter state is none of: active, /),
  ]);
  expect(await messageOf('PATCH', '/v1/policies/p1', { state: 'deleted' })).toEqual([400, 'Field state is not active.']);
});

test('IAM and the resource controller say the id of a request under the name that their clients look for, of a failure too', async () => {
  for (const url of ['/v1/apikeys', '/v2/policies/none', '/identity/keys', '/v2/resource_instances', '/v1/policies/a/b/c']) {
    expect((await ask('GET', url, undefined, { 'Transaction-Id': 'id-7' })).headers['transaction-id'], url).toBe('id-7');
  }
  expect((await ask('GET', '/api/v2/keys')).headers).not.toHaveProperty('transaction-id');
});
