import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { getApiKeyDetails } from '../../../contract/api-keys/details.ts';
import { disableApiKey } from '../../../contract/api-keys/disable.ts';
import { getApiKey } from '../../../contract/api-keys/get.ts';
import { LONGEST_GRACE_SECONDS, rotateApiKey } from '../../../contract/api-keys/rotate.ts';
import { API_KEY_GRANT, DELEGATED_REFRESH_GRANT, REFRESH_GRANT } from '../../../contract/tokens/grant.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { ask, BX, KUBE } from '../tokens/testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const make = async () => {
  const { output } = await server.call(createApiKey, server.ownerToken, { body: { name: 'rotated' } });
  return { id: output.id, secret: output.apikey ?? '', tag: output.entity_tag };
};
const rotate = async (id: string, grace_seconds?: number, token = server.ownerToken) => {
  const body = grace_seconds === undefined ? {} : { body: { grace_seconds } };
  return (await server.call(rotateApiKey, token, { params: { id }, ...body })).output;
};
const works = async (secret: string): Promise<boolean> => {
  try {
    return typeof (await server.logIn(secret)) === 'string';
  } catch (error) {
    expect(error).toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    return false;
  }
};

test('without a grace period the old secret stops at once; the key stays the same', async () => {
  const key = await make();
  const rotated = await rotate(key.id);
  expect(rotated).toMatchObject({ id: key.id, name: 'rotated', apikey: expect.stringMatching(/^rwk_/) });
  expect(rotated.entity_tag).not.toBe(key.tag);
  expect(rotated.previous_secret_until).toBeUndefined();
  expect([await works(key.secret), await works(rotated.apikey ?? '')]).toEqual([false, true]);
  const { output } = await server.call(getApiKey, server.ownerToken, { params: { id: key.id } });
  expect(output.apikey).toBeUndefined();
});

test('without one, what was made with the old secret stops too', async () => {
  const key = await make();
  const body = { grant_type: API_KEY_GRANT, apikey: key.secret };
  const plain = await ask(server, body);
  const session = await ask(server, body, { client: BX });
  const delegation = { response_type: 'delegated_refresh_token', receiver_client_ids: 'kube' };
  const { delegated_refresh_token: delegated = '' } = await ask(server, { ...body, ...delegation }, { client: BX });
  server.clock.advance(1000);
  const { apikey = '' } = await rotate(key.id);
  const made = await server.logIn(apikey);
  for (const token of [plain.access_token, session.access_token]) {
    await expect((async () => server.authenticate(token))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  const refresh = { grant_type: REFRESH_GRANT, refresh_token: session.refresh_token };
  await expect(ask(server, refresh, { client: BX })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const goOn = { grant_type: DELEGATED_REFRESH_GRANT, delegated_refresh_token: delegated };
  await expect(ask(server, goOn, { client: KUBE })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await server.authenticate(made)).toMatchObject({ iamId: server.account.ownerIamId });
});

test('with one both secrets work until it is over, and the key says until when', async () => {
  const key = await make();
  const rotated = await rotate(key.id, 600);
  const secret = rotated.apikey ?? '';
  expect(rotated.previous_secret_until).toBe(`${new Date(server.clock.now() + 600_000).toISOString().slice(0, 19)}Z`);
  expect([await works(key.secret), await works(secret)]).toEqual([true, true]);
  const headers = { 'iam-apikey': key.secret };
  expect((await server.call(getApiKeyDetails, server.ownerToken, { headers })).output.id).toBe(key.id);
  server.clock.advance(600_000);
  expect([await works(key.secret), await works(secret)]).toEqual([false, true]);
  const { output } = await server.call(getApiKey, await server.logIn(secret), { params: { id: key.id } });
  expect(output.previous_secret_until).toBeUndefined();
});

test('a second rotation ends the secret before the last', async () => {
  const key = await make();
  const second = (await rotate(key.id, 600)).apikey ?? '';
  const third = (await rotate(key.id, 600)).apikey ?? '';
  expect([await works(key.secret), await works(second), await works(third)]).toEqual([false, true, true]);
});

test('disabling or deleting the key ends both secrets', async () => {
  const key = await make();
  const secret = (await rotate(key.id, 600)).apikey ?? '';
  await server.call(disableApiKey, server.ownerToken, { params: { id: key.id } });
  expect([await works(key.secret), await works(secret)]).toEqual([false, false]);
  const other = await make();
  const otherSecret = (await rotate(other.id, 600)).apikey ?? '';
  await server.call(deleteApiKey, server.ownerToken, { params: { id: other.id } });
  expect([await works(other.secret), await works(otherSecret)]).toEqual([false, false]);
});

test('a secret in its grace period is taken: nobody makes another key of it', async () => {
  const key = await make();
  await rotate(key.id, 600);
  const attempt = server.call(createApiKey, server.ownerToken, { body: { name: 'twin', apikey: key.secret } });
  await expect(attempt).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'apikey' } });
});

test.each([-1, 1.5, LONGEST_GRACE_SECONDS + 1])('a grace period of %d seconds is refused', async (seconds) => {
  const { id } = await make();
  await expect(rotate(id, seconds)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'grace_seconds' } });
});

test('only its holder rotates the key of a user, however many rights others have', async () => {
  const person = await addPerson(server, 'administrator');
  await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Administrator`], service: 'iam-identity' });
  const key = await make();
  await expect(rotate(key.id, 0, person.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  expect(await works(key.secret)).toBe(true);
});
