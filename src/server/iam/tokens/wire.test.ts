import type { FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as types from '../../../contract/tokens/grant.ts';
import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import { ORIGIN, startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { BX } from './testkit/logins.ts';

const { API_KEY_GRANT } = types;

let server: TestServer;
let http: FastifyInstance;
beforeAll(async () => {
  server = await startTestServer();
  const log = createLog({ level: 'fatal' });
  http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log });
});
afterAll(async () => {
  await http.close();
  await server[Symbol.asyncDispose]();
});

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  http.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

test.each(['/identity/token', '/oidc/token'])('%s takes what each published client sends', async (url) => {
  const apikey = server.ownerApiKey;
  const requests: [string, Record<string, string>][] = [
    [form({ grant_type: API_KEY_GRANT, apikey, response_type: 'cloud_iam' }), {}],
    [form({ grant_type: API_KEY_GRANT, apikey }), { accept: 'application/json' }],
    [
      form({ grant_type: API_KEY_GRANT, apikey, response_type: 'cloud_iam', uaa_client_id: 'cf', uaa_client_secret: '' }),
      { authorization: 'Basic Yng6Yng=' },
    ],
  ];
  for (const [payload, headers] of requests) {
    const reply = await post(url, payload, headers);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600, expiration: expect.any(Number) });
  }
});

test('a wrong key gets the code and sentence that clients know', async () => {
  const reply = await post('/identity/token', form({ grant_type: API_KEY_GRANT, apikey: 'wrong' }));
  expect(reply.statusCode).toBe(400);
  expect(reply.json()).toMatchObject({
    errorCode: 'BXNIM0415E',
    errorMessage: 'Provided API key could not be found.',
    context: { requestId: expect.any(String) },
  });
  expect(reply.body).not.toContain('wrong');
});

test.each([
  '',
  'grant_type',
  '{"grant_type":1}',
  form({ grant_type: 'a', apikey: 'b' }),
  `${form({ grant_type: 'a' })}&grant_type=b`,
])('the body %j is refused with 400', async (payload) => {
  expect((await post('/identity/token', payload)).statusCode).toBe(400);
});

test('keys and discovery need no token; everything else of IAM does', async () => {
  for (const url of ['/identity/keys', '/oidc/jwks']) {
    const { keys } = (await http.inject({ url })).json<{ keys: Record<string, unknown>[] }>();
    expect(keys[0]).toEqual({ kty: 'RSA', alg: 'RS256', e: 'AQAB', n: expect.any(String), kid: expect.any(String) });
  }
  const discovery = (await http.inject({ url: '/identity/.well-known/openid-configuration' })).json<Record<string, unknown>>();
  expect(discovery.issuer).toBe(server.iam.issuer());
  for (const url of [
    '/v1/policies',
    '/v1/apikeys',
    '/v1/serviceids/',
    '/v1/serviceids',
    '/v2/resource_groups',
    '/v2/resource_instances',
  ]) {
    const reply = await http.inject({ url });
    expect([url, reply.statusCode]).toEqual([url, 401]);
    const authorized = await http.inject({ url, headers: { authorization: `Bearer ${server.ownerToken}` } });
    expect([url, authorized.statusCode]).toEqual([url, 200]);
  }
});

test('discovery names every endpoint and grant, and each of them answers', async () => {
  const document = (await http.inject({ url: '/identity/.well-known/openid-configuration' })).json<
    Record<string, string | string[]>
  >();
  const grants = Object.entries(types).flatMap(([name, type]) => (name.endsWith('_GRANT') ? [String(type)] : []));
  expect(new Set(document.grant_types_supported)).toEqual(new Set(grants.filter((type) => type !== types.CR_TOKEN_GRANT)));
  const methods = {
    token_endpoint: 'POST',
    passcode_endpoint: 'POST',
    introspection_endpoint: 'POST',
    end_session_endpoint: 'POST',
    jwks_uri: 'GET',
  } as const;
  for (const [name, method] of Object.entries(methods)) {
    const url = String(document[name]).replace(ORIGIN, '');
    expect([name, (await http.inject({ method, url })).statusCode]).not.toEqual([name, 404]);
  }
  expect(document.authorization_endpoint).toBe(`${ORIGIN}/identity/authorize`);
});

test('a passcode is asked for as published clients do, with an empty form, and logs in', async () => {
  const asked = await post('/identity/passcode', '', { authorization: `Bearer ${server.ownerToken}` });
  expect(asked.statusCode).toBe(200);
  const { passcode } = asked.json<{ passcode: string }>();
  const login = await post('/identity/token', form({ grant_type: types.PASSCODE_GRANT, passcode }), { authorization: BX });
  expect(login.statusCode).toBe(200);
  const { access_token } = login.json<{ access_token: string }>();
  expect((await post('/identity/logout', '', { authorization: `Bearer ${access_token}` })).statusCode).toBe(204);
  expect((await post('/identity/logout', '', { authorization: `Bearer ${access_token}` })).statusCode).toBe(401);
});

describe('introspection', () => {
  const ask = async (token: string, authorization: string | undefined = BX) => {
    const reply = await post('/identity/introspect', form({ token }), authorization === '' ? {} : { authorization });
    return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
  };

  test('says of a good access token all that is in it', async () => {
    expect(await ask(server.ownerToken)).toEqual({ status: 200, body: { ...decodeJwt(server.ownerToken), active: true } });
    expect((await ask(server.ownerToken, `Bearer ${server.ownerToken}`)).status).toBe(200);
  });

  test('says nothing but that of what is none, or is good no more', async () => {
    const login = await post('/identity/token', form({ grant_type: API_KEY_GRANT, apikey: server.ownerApiKey }), {
      authorization: BX,
    });
    const { access_token, refresh_token } = login.json<{ access_token: string; refresh_token: string }>();
    await post('/identity/logout', '', { authorization: `Bearer ${access_token}` });
    for (const token of ['x', refresh_token, access_token, `${server.ownerToken}x`, server.ownerApiKey]) {
      expect(await ask(token)).toEqual({ status: 200, body: { active: false } });
    }
  });

  test('is refused to whoever says not who he is', async () => {
    expect((await ask(server.ownerToken, '')).status).toBe(401);
    expect((await ask(server.ownerToken, 'Bearer x')).status).toBe(401);
    expect((await ask(server.ownerToken, `Basic ${btoa('bx:no')}`)).status).toBe(401);
    expect((await post('/identity/introspect', '', { authorization: BX })).statusCode).toBe(400);
  });
});

test('wrong client credentials are 401 in the words of the token service', async () => {
  const payload = form({ grant_type: API_KEY_GRANT, apikey: server.ownerApiKey });
  const reply = await post('/identity/token', payload, { authorization: `Basic ${btoa('bx:wrong')}` });
  expect(reply.statusCode).toBe(401);
  expect(reply.json()).toMatchObject({
    errorCode: 'CLIENT_CREDENTIALS',
    errorMessage: expect.stringContaining('client credentials'),
  });
});

test('an instance is found by its URL-encoded CRN, and gone is 410', async () => {
  const headers = { authorization: `Bearer ${server.ownerToken}` };
  const payload = {
    name: 'wire',
    target: 'us-south',
    resource_group: server.account.resourceGroupId,
    resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
  };
  const created = await http.inject({ method: 'POST', url: '/v2/resource_instances', payload, headers });
  expect(created.statusCode).toBe(201);
  const { crn } = created.json<{ crn: string }>();
  const url = `/v2/resource_instances/${encodeURIComponent(crn)}`;
  expect((await http.inject({ url, headers })).json()).toEqual(created.json());
  expect((await http.inject({ method: 'DELETE', url: `${url}?recursive=true`, headers })).statusCode).toBe(204);
  expect((await http.inject({ method: 'DELETE', url, headers })).statusCode).toBe(410);
});
