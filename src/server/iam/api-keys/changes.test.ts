import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { disableApiKey } from '../../../contract/api-keys/disable.ts';
import { enableApiKey } from '../../../contract/api-keys/enable.ts';
import { getApiKey } from '../../../contract/api-keys/get.ts';
import { lockApiKey } from '../../../contract/api-keys/lock.ts';
import { rotateApiKey } from '../../../contract/api-keys/rotate.ts';
import { unlockApiKey } from '../../../contract/api-keys/unlock.ts';
import { updateApiKey } from '../../../contract/api-keys/update.ts';
import { addPerson, grant, PLATFORM, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const make = async (headers: Record<string, string> = {}, token = server.ownerToken) =>
  (await server.call(createApiKey, token, { headers, body: { name: 'k', description: 'first' } })).output;
const read = async (id: string) => (await server.call(getApiKey, server.ownerToken, { params: { id } })).output;
const update = (id: string, tag: string, body: object, token = server.ownerToken) =>
  server.call(updateApiKey, token, { params: { id }, headers: { 'if-match': tag }, body });

describe('an update', () => {
  test('changes what it names and nothing else, under a new entity tag', async () => {
    const { apikey, ...key } = await make();
    server.clock.advance(60_000);
    const { output, headers } = await update(key.id, key.entity_tag, { name: 'renamed' });
    expect(output).toEqual({
      ...key,
      name: 'renamed',
      entity_tag: expect.stringMatching(/^2-/),
      modified_at: expect.any(String),
    });
    expect(output.modified_at).not.toBe(key.modified_at);
    expect(headers).toEqual({ ETag: output.entity_tag });
    expect(await read(key.id)).toEqual(output);
    expect(await server.logIn(apikey ?? '')).toBeTypeOf('string');
    expect((await update(key.id, '*', { description: '' })).output.description).toBeUndefined();
  });

  test('under an old entity tag is refused: of two with one tag, one wins', async () => {
    const key = await make();
    const both = await Promise.allSettled(['a', 'b'].map((name) => update(key.id, key.entity_tag, { name })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ENTITY_TAG', target: { type: 'header', name: 'If-Match' } },
    });
    const won = both.findIndex(({ status }) => status === 'fulfilled');
    expect((await read(key.id)).name).toBe(['a', 'b'][won]);
    await expect(update(key.id, '1-made-up', { name: 'c' })).rejects.toMatchObject({ code: 'ENTITY_TAG' });
    await expect(update(key.id, `"${(await read(key.id)).entity_tag}"`, { name: 'c' })).resolves.toBeDefined();
  });

  test('needs If-Match', async () => {
    const key = await make();
    const attempt = server.call(updateApiKey, server.ownerToken, { params: { id: key.id }, body: { name: 'n' } });
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { type: 'header', name: 'if-match' } });
  });

  test('moves the end of a key, and takes it away', async () => {
    const { apikey = '', ...key } = await make();
    const end = new Date(server.clock.now() + 60_000).toISOString();
    await update(key.id, '*', { expires_at: end });
    const token = await server.logIn(apikey);
    server.clock.advance(61_000);
    await expect(server.logIn(apikey)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    await expect((async () => server.authenticate(token))()).rejects.toMatchObject({
      code: expect.stringMatching(/TOKEN|UNAUTH/),
    });
    await expect(update(key.id, '*', { expires_at: end })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    await update(key.id, '*', { expires_at: '' });
    expect(await server.logIn(apikey)).toBeTypeOf('string');
    expect((await read(key.id)).expires_at).toBeUndefined();
  });
});

describe('a locked key', () => {
  test('is used, but neither changed, disabled, rotated nor deleted, until it is unlocked', async () => {
    const { apikey = '', id } = await make({ 'entity-lock': 'true' });
    expect(await server.logIn(apikey)).toBeTypeOf('string');
    const params = { id };
    const attempts = [
      () => update(id, '*', { name: 'n' }),
      () => server.call(disableApiKey, server.ownerToken, { params }),
      () => server.call(enableApiKey, server.ownerToken, { params }),
      () => server.call(rotateApiKey, server.ownerToken, { params }),
      () => server.call(deleteApiKey, server.ownerToken, { params }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'ENTITY_LOCKED', hint: expect.stringContaining('api-key-unlock') });
    }
    await server.call(unlockApiKey, server.ownerToken, { params });
    await update(id, '*', { name: 'n' });
    await server.call(lockApiKey, server.ownerToken, { params });
    await expect(attempts[0]?.()).rejects.toMatchObject({ code: 'ENTITY_LOCKED' });
    await server.call(unlockApiKey, server.ownerToken, { params });
    await server.call(deleteApiKey, server.ownerToken, { params });
    await expect(read(id)).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  });

  test('moves its entity tag when it is locked, and not when it was locked already', async () => {
    const { id, entity_tag } = await make();
    await server.call(lockApiKey, server.ownerToken, { params: { id } });
    const locked = await read(id);
    expect(locked).toMatchObject({ locked: true, entity_tag: expect.not.stringMatching(entity_tag) });
    await server.call(lockApiKey, server.ownerToken, { params: { id } });
    expect(await read(id)).toEqual(locked);
  });
});

describe('a disabled key', () => {
  test('ends its tokens at once; enabled again it works', async () => {
    const { apikey = '', id } = await make();
    const token = await server.logIn(apikey);
    expect(await server.authenticate(token)).toMatchObject({ iamId: server.account.ownerIamId });
    await server.call(disableApiKey, server.ownerToken, { params: { id } });
    expect(await read(id)).toMatchObject({ disabled: true });
    await expect((async () => server.authenticate(token))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(server.logIn(apikey)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    await server.call(enableApiKey, server.ownerToken, { params: { id } });
    expect(await server.authenticate(token)).toMatchObject({ iamId: server.account.ownerIamId });
  });

  test('may be born so', async () => {
    const { apikey = '', disabled } = await make({ 'entity-disable': 'true' });
    expect(disabled).toBe(true);
    await expect(server.logIn(apikey)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
  });
});

describe('who may change a key', () => {
  let other: TestPerson;
  beforeAll(async () => {
    other = await addPerson(server, 'other');
  });

  test('whoever holds it, and nobody else without a role', async () => {
    const own = await make({}, other.token);
    await update(own.id, '*', { name: 'mine' }, other.token);
    await server.call(disableApiKey, other.token, { params: { id: own.id } });
    const foreign = await make();
    await expect(update(foreign.id, '*', { name: 'x' }, other.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await grant(server, { iamId: other.iamId, roles: [`${PLATFORM}Operator`], service: 'iam-identity' });
    await update(foreign.id, '*', { name: 'x' }, other.token);
  });

  test('nobody of another account: there it does not exist', async () => {
    const { id } = await make();
    const { token } = await server.addAccount();
    const params = { id };
    await expect(update(id, '*', { name: 'x' }, token)).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
    for (const operation of [lockApiKey, unlockApiKey, disableApiKey, enableApiKey, rotateApiKey]) {
      await expect(server.call(operation as typeof lockApiKey, token, { params })).rejects.toMatchObject({
        code: 'IAM_NOT_FOUND',
      });
    }
  });
});

test('each change is on record, under the name of whose key it is', async () => {
  const own = await startTestServer();
  await using _ = own;
  const person = await addPerson(own, 'logged');
  const made = async (token: string) => (await own.call(createApiKey, token, { body: { name: 'k' } })).output.id;
  for (const token of [own.ownerToken, person.token]) {
    const params = { id: await made(token) };
    for (const operation of [lockApiKey, unlockApiKey, disableApiKey, enableApiKey]) {
      await own.call(operation as typeof lockApiKey, token, { params });
    }
    await own.call(updateApiKey, token, { params, headers: { 'if-match': '*' }, body: { name: 'n' } });
    const { output } = await own.call(rotateApiKey, token, { params });
    await own.call(deleteApiKey, token, { params });
    expect(JSON.stringify(await own.auditRecords())).not.toContain(output.apikey);
  }
  const actions = (await own.auditRecords()).map(({ action }) => action);
  for (const kind of ['user-apikey', 'serviceid-apikey']) {
    for (const verb of ['create', 'lock', 'unlock', 'disable', 'enable', 'update', 'rotate', 'delete']) {
      expect(actions).toContain(`iam-identity.${kind}.${verb}`);
    }
  }
});
