import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { getApiKeyDetails } from '../../../contract/api-keys/details.ts';
import { getApiKey } from '../../../contract/api-keys/get.ts';
import { listApiKeys } from '../../../contract/api-keys/list.ts';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { getServiceId } from '../../../contract/service-ids/get.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('the secret is long, shown once, and found again only by itself', async () => {
  const { output: made } = await server.call(createApiKey, server.ownerToken, { body: { name: 'ci', description: 'for CI' } });
  expect(made.apikey).toMatch(/^rwk_[A-Za-z0-9_-]{44}$/);
  expect(made).toMatchObject({ name: 'ci', description: 'for CI', locked: false, disabled: false });
  const { output: got } = await server.call(getApiKey, server.ownerToken, { params: { id: made.id } });
  const { apikey, ...rest } = made;
  expect(got).toEqual(rest);
  const headers = { 'iam-apikey': apikey ?? '' };
  expect((await server.call(getApiKeyDetails, server.ownerToken, { headers })).output).toEqual(rest);
  const other = await server.addAccount();
  await expect(server.call(getApiKeyDetails, other.token, { headers })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test('a caller may bring a secret of his own, but a long one that is not in use', async () => {
  const apikey = 'a-secret-of-my-own-that-is-long-enough-0123456789';
  const create = (body: { name: string; apikey: string }) => server.call(createApiKey, server.ownerToken, { body });
  await create({ name: 'own', apikey });
  expect(await server.logIn(apikey)).toBeTypeOf('string');
  await expect(create({ name: 'again', apikey })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  await expect(create({ name: 'short', apikey: 'short' })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
});

test('an expiry has to be an instant in the future', async () => {
  for (const expires_at of ['2020-01-01T00:00:00Z', 'soon', '', '+010000-01-01T00:00:00Z']) {
    const attempt = server.call(createApiKey, server.ownerToken, { body: { name: 'late', expires_at } });
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { type: 'field', name: 'expires_at' } });
  }
});

test('keys are made for oneself and for service IDs, never for another user', async () => {
  const person = await addPerson(server, 'operator');
  const helper = await addPerson(server, 'helper');
  const create = (token: string, iam_id?: string) =>
    server.call(createApiKey, token, { body: { name: 'k', ...(iam_id === undefined ? {} : { iam_id }) } });
  expect((await create(person.token)).output.iam_id).toBe(person.iamId);
  await expect(create(person.token, helper.iamId)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Operator`], service: 'iam-identity' });
  const token = await server.logIn(person.apiKey);
  expect((await create(token, helper.iamId)).output.iam_id).toBe(helper.iamId);
  expect((await create(token, helper.id)).output.iam_id).toBe(helper.iamId);
  await expect(create(token, server.account.ownerIamId)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  await expect(create(token, 'iam-ServiceId-nobody')).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test('each lists own keys, the owner those of the account, page by page; keys of clusters are nobody’s', async () => {
  await using own = await startTestServer();
  const cluster = await addCluster(own, 'c1');
  const person = await addPerson(own, 'lister');
  for (let i = 0; i < 5; i += 1) await own.call(createApiKey, person.token, { body: { name: `k${i}` } });
  const list = async (token: string, query: Record<string, unknown>) => (await own.call(listApiKeys, token, { query })).output;
  expect((await list(person.token, {})).apikeys).toHaveLength(6);
  expect((await list(person.token, { scope: 'account' })).apikeys).toHaveLength(6);
  const names: string[] = [];
  let query: Record<string, unknown> = { scope: 'account', pagesize: 3 };
  for (let pages = 0; pages < 10; pages += 1) {
    const page = await list(own.ownerToken, query);
    names.push(...page.apikeys.map(({ name }) => name));
    if (page.next === undefined) break;
    const next = new URL(page.next).searchParams;
    query = { scope: next.get('scope'), pagesize: 3, pagetoken: next.get('pagetoken') };
  }
  expect(names.sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'key of lister', 'owner']);
  const hidden = await own.store.db.selectFrom('api_keys').select('id').where('iam_id', '=', cluster.plugin.iamId).execute();
  expect(hidden).toHaveLength(2);
  for (const { id } of hidden) {
    await expect(own.call(getApiKey, own.ownerToken, { params: { id } })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
    await expect(own.call(deleteApiKey, own.ownerToken, { params: { id } })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  }
});

test('keys of another account do not exist for its neighbours', async () => {
  const { output } = await server.call(createApiKey, server.ownerToken, { body: { name: 'mine' } });
  const other = await server.addAccount();
  const params = { id: output.id };
  await expect(server.call(getApiKey, other.token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await expect(server.call(deleteApiKey, other.token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test('what would be forgotten silently is refused', async () => {
  const promises: readonly [string, object][] = [
    ['store_value', { store_value: true }],
    ['support_sessions', { support_sessions: true }],
    ['action_when_leaked', { action_when_leaked: 'delete' }],
  ];
  for (const [name, promise] of promises) {
    const attempt = server.call(createApiKey, server.ownerToken, { body: { name: 'kept', ...promise } });
    await expect(attempt).rejects.toMatchObject({ code: 'NOT_SUPPORTED', target: { type: 'field', name } });
  }
  const body = { name: 'plain', store_value: false, support_sessions: false, action_when_leaked: 'none' };
  await server.call(createApiKey, server.ownerToken, { headers: { 'entity-lock': 'false', 'entity-disable': 'false' }, body });
});

test('a deleted service ID leaves no key, no policy and no session', async () => {
  const person = await addPerson(server, 'leaver');
  await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Viewer`], service: 'kms' });
  await server.authenticate(person.token);
  await server.call(deleteServiceId, server.ownerToken, { params: { id: person.id } });
  await expect((async () => server.authenticate(person.token))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(server.logIn(person.apiKey)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
  const left = await server.store.db.selectFrom('policies').select('id').where('subject_key', '=', person.iamId).execute();
  expect(left).toEqual([]);
  const params = { id: person.id };
  await expect(server.call(deleteServiceId, server.ownerToken, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test('service IDs are shown to whoever may see them', async () => {
  const viewer = await addPerson(server, 'viewer');
  const { output: made } = await server.call(createServiceId, server.ownerToken, { body: { name: 'seen' } });
  expect(made.iam_id).toBe(`iam-${made.id}`);
  const seen = async () => (await server.call(listServiceIds, viewer.token, { query: { name: 'seen' } })).output.serviceids;
  expect(await seen()).toEqual([]);
  await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'iam-identity' });
  expect(await seen()).toEqual([made]);
  expect((await server.call(getServiceId, viewer.token, { params: { id: made.iam_id } })).output).toEqual(made);
  await expect(server.call(createServiceId, viewer.token, { body: { name: 'no' } })).rejects.toMatchObject({
    code: 'ACTION_DENIED',
  });
});
