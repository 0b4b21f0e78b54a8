import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { listApiKeys } from '../../../contract/api-keys/list.ts';
import { readClock } from '../../../contract/clock/read.ts';
import { acceptInvitation } from '../../../contract/invitations/accept.ts';
import { API_KEY_GRANT } from '../../../contract/tokens/grant.ts';
import { getUser } from '../../../contract/users/get.ts';
import { inviteUsers } from '../../../contract/users/invite.ts';
import { listUsers } from '../../../contract/users/list.ts';
import { removeUser } from '../../../contract/users/remove.ts';
import { updateUser } from '../../../contract/users/update.ts';
import { groupsOf, insertAccessGroup, insertMember } from '../../../store/iam/access-groups.ts';
import { policiesOfSubject } from '../../../store/iam/policies.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

let server: TestServer;
let account_id: string;
beforeAll(async () => {
  server = await startTestServer();
  account_id = server.account.accountId;
});
afterAll(() => server[Symbol.asyncDispose]());

const logIn = (email: string, account = account_id) =>
  ask(server, { grant_type: 'password', username: email, password: PASSWORD, account }, { client: BX });
const params = (iam_id: string, account = account_id) => ({ params: { account_id: account, iam_id } });
const setState = (token: string, iamId: string, state: string) =>
  server.call(updateUser, token, { ...params(iamId), query: {}, body: { state } });
const works = (token: string) => codeOf(server.call(readClock, token, {}));

describe('users of an account', () => {
  test('are listed page by page, with where the next one is', async () => {
    await using alone = await startTestServer();
    const own = alone.account.accountId;
    for (const name of ['ann', 'bea', 'cyd', 'dot']) await addUser(alone, name, [own]);
    const seen: string[] = [];
    let _start: string | undefined;
    do {
      const query = { limit: 2, ...(_start && { _start }) };
      const { output } = await alone.call(listUsers, alone.ownerToken, { params: { account_id: own }, query });
      expect([output.total_results, output.limit]).toEqual([5, 2]);
      seen.push(...output.resources.map(({ email }) => email));
      const next = output.next_url === undefined ? undefined : new URL(output.next_url);
      expect(next?.pathname ?? `/v2/accounts/${own}/users`).toBe(`/v2/accounts/${own}/users`);
      _start = next?.searchParams.get('_start') ?? undefined;
    } while (_start !== undefined);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  test('are found by a search whose conditions are alternatives, and a condition that is none is refused', async () => {
    const iamId = await addUser(server, 'finn');
    const find = async (search: string) => {
      const { output } = await server.call(listUsers, server.ownerToken, { params: { account_id }, query: { search } });
      return output.resources.map(({ iam_id }) => iam_id).sort();
    };
    expect(await find('email:FINN@example.com')).toEqual([iamId]);
    expect(await find(`state:PENDING,iam_id:${iamId}`)).toEqual([iamId]);
    expect(await find("email:x' or '1'='1")).toEqual([]);
    await expect(find('color:red')).rejects.toMatchObject({ code: 'INVALID_QUERY', target: { name: 'search' } });
    await expect(find('__proto__:x')).rejects.toMatchObject({ code: 'INVALID_QUERY' });
  });

  test('are not listed from a place that no page ends at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 })), async (start) => {
        const query = { _start: Buffer.from(start).toString('base64url') };
        const answer = await codeOf(server.call(listUsers, server.ownerToken, { params: { account_id }, query }));
        expect(['answered', 'INVALID_QUERY']).toContain(answer);
      }),
      { numRuns: 100 },
    );
    // What is no text in base64url is no first page either.
    const none = { params: { account_id }, query: { _start: 'é' } };
    await expect(server.call(listUsers, server.ownerToken, none)).rejects.toMatchObject({ code: 'INVALID_QUERY' });
    const nul = { _start: Buffer.from('a\0b').toString('base64url') };
    expect(await codeOf(server.call(listUsers, server.ownerToken, { params: { account_id }, query: nul }))).toBe('INVALID_QUERY');
  });

  test('are those of the own account only: another one, whether it exists or not, is refused alike', async () => {
    const other = await server.addAccount();
    const strange = { params: { account_id: 'f'.repeat(32) }, query: {} };
    const theirs = { params: { account_id: other.accountId }, query: {} };
    const refusals = await Promise.all(
      [strange, theirs].map((input) => server.call(listUsers, server.ownerToken, input).catch((error: unknown) => error)),
    );
    expect(refusals[0]).toMatchObject({ code: 'ACCOUNT_MISMATCH' });
    expect(refusals[1]).toMatchObject({ code: 'ACCOUNT_MISMATCH', message: (refusals[0] as Error).message });
    const foreign = codeOf(server.call(getUser, server.ownerToken, { ...params(other.ownerIamId), query: {} }));
    expect(await foreign).toBe('IAM_NOT_FOUND');
    for (const call of [removeUser, updateUser] as const) {
      const input = { ...params(other.ownerIamId, other.accountId), query: {}, body: {} };
      expect(await codeOf(server.call(call, server.ownerToken, input as never))).toBe('ACCOUNT_MISMATCH');
    }
  });

  test('see themselves, and others only with a role on user management', async () => {
    const iamId = await addUser(server, 'gwen');
    const { access_token } = await logIn('gwen@example.com');
    const self = await server.call(getUser, access_token, { ...params(iamId), query: {} });
    expect(self.output).toMatchObject({
      email: 'gwen@example.com',
      firstname: 'gwen',
      lastname: 'Doe',
      state: 'ACTIVE',
      realm: 'IBMid',
    });
    const owner = { ...params(server.account.ownerIamId), query: {} };
    expect(await codeOf(server.call(getUser, access_token, owner))).toBe('ACTION_DENIED');
    await grant(server, { iamId, roles: [`${PLATFORM}Viewer`], service: 'user-management' });
    expect((await server.call(getUser, access_token, owner)).output.iam_id).toBe(server.account.ownerIamId);
    expect(await codeOf(server.call(removeUser, access_token, owner))).toBe('ACTION_DENIED');
  });

  test('change their own name, and nobody theirs for them', async () => {
    const iamId = await addUser(server, 'hope');
    const { access_token } = await logIn('hope@example.com');
    await server.call(updateUser, access_token, { ...params(iamId), query: {}, body: { lastname: 'van Dyke' } });
    const named = await server.call(getUser, access_token, { ...params(iamId), query: {} });
    expect(named.output).toMatchObject({ firstname: 'hope', lastname: 'van Dyke' });
    const rename = { ...params(iamId), query: {}, body: { firstname: 'Mallory' } };
    expect(await codeOf(server.call(updateUser, server.ownerToken, rename))).toBe('ACTION_DENIED');
    const move = { ...params(iamId), query: {}, body: { email: 'mallory@example.com' } };
    expect(await codeOf(server.call(updateUser, access_token, move))).toBe('NOT_SUPPORTED');
  });
});

describe('a user who is disabled', () => {
  test('is refused at once, by every token, refresh token and API key of the account, and in no other one', async () => {
    const other = await server.addAccount();
    const iamId = await addUser(server, 'ivan', [account_id, other.accountId]);
    const here = await logIn('ivan@example.com');
    const there = await logIn('ivan@example.com', other.accountId);
    const { output: key } = await server.call(createApiKey, here.access_token, { body: { name: 'own' }, headers: {} });
    const byKey = await server.logIn(key.apikey ?? '');
    expect(await Promise.all([here.access_token, byKey].map(works))).toEqual(['answered', 'answered']);

    await setState(server.ownerToken, iamId, 'DISABLED');
    expect(await Promise.all([here.access_token, byKey].map(works))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await codeOf(ask(server, { grant_type: 'refresh_token', refresh_token: here.refresh_token }, { client: BX }))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await codeOf(ask(server, { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' }))).toBe('API_KEY_NOT_FOUND');
    expect(await codeOf(logIn('ivan@example.com'))).toBe('ACTION_DENIED');
    expect(await works(there.access_token)).toBe('answered');

    await setState(server.ownerToken, iamId, 'ACTIVE');
    // What was ended stays ended: only a new login counts, and the key has to be enabled by somebody.
    expect(await works(here.access_token)).toBe('UNAUTHENTICATED');
    expect(await codeOf(ask(server, { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' }))).toBe('API_KEY_NOT_FOUND');
    expect(await works((await logIn('ivan@example.com')).access_token)).toBe('answered');
  });

  test('is neither invited again nor put into a state that there is not', async () => {
    const iamId = await addUser(server, 'judy');
    await setState(server.ownerToken, iamId, 'DISABLED');
    const invite = { params: { account_id }, body: { users: [{ email: 'Judy@example.com' }] } };
    expect(await codeOf(server.call(inviteUsers, server.ownerToken, invite))).toBe('USER_EXISTS');
    expect(await codeOf(setState(server.ownerToken, iamId, 'VPN_ONLY'))).toBe('INVALID_FIELD');
    expect(await codeOf(setState(server.ownerToken, iamId, 'PENDING'))).toBe('INVALID_FIELD');
  });
});

test('a user who is removed and invited again inherits nothing: no key, no policy, no access group, no login', async () => {
  const iamId = await addUser(server, 'kate');
  const by = { created_at: 1, created_by: 'x', account_id };
  await server.store.change(['iam'], async (tx) => {
    const group = {
      ...by,
      id: 'AccessGroupId-k',
      name: 'k',
      description: null,
      entity_tag: '1',
      modified_at: 1,
      modified_by: 'x',
    };
    await insertAccessGroup(tx, group);
    await insertMember(tx, { ...by, group_id: group.id, iam_id: iamId });
  });
  await grant(server, { iamId, roles: [`${PLATFORM}Editor`], service: 'user-management' });
  const before = await logIn('kate@example.com');
  const { output: key } = await server.call(createApiKey, before.access_token, { body: { name: 'own' }, headers: {} });

  await server.call(removeUser, server.ownerToken, { ...params(iamId), query: {} });
  expect(await works(before.access_token)).toBe('UNAUTHENTICATED');
  expect(await codeOf(ask(server, { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' }))).toBe('API_KEY_NOT_FOUND');
  const { output } = await server.call(inviteUsers, server.ownerToken, {
    params: { account_id },
    body: { users: [{ email: 'kate@example.com' }] },
  });
  const [invited] = output.resources;
  expect(invited?.id).toBe(iamId);
  const body = { token: invited?.invitation.token ?? '', password: PASSWORD };
  await server.call(acceptInvitation, undefined, { body });

  expect(await works(before.access_token)).toBe('UNAUTHENTICATED');
  expect(await codeOf(ask(server, { grant_type: 'refresh_token', refresh_token: before.refresh_token }, { client: BX }))).toBe(
    'UNAUTHENTICATED',
  );
  const { access_token } = await logIn('kate@example.com');
  expect((await server.call(listApiKeys, access_token, { query: {} })).output.apikeys).toEqual([]);
  expect(await policiesOfSubject(server.store.db, account_id, iamId)).toEqual([]);
  expect(await groupsOf(server.store.db, account_id, iamId)).toEqual([]);
  expect(await codeOf(server.call(listUsers, access_token, { params: { account_id }, query: {} }))).toBe('ACTION_DENIED');
});

test('what happens to users is on record, with who it happened to', async () => {
  const iamId = await addUser(server, 'lena');
  const manager = await addPerson(server, 'manager');
  await grant(server, { iamId: manager.iamId, roles: [`${PLATFORM}Editor`], service: 'user-management' });
  await setState(manager.token, iamId, 'DISABLED');
  await server.call(removeUser, manager.token, { ...params(iamId), query: {} });
  const own = (await server.auditRecords()).filter(({ initiator }) => (initiator as { id: string }).id === manager.iamId);
  expect(own.filter(({ action }) => String(action).startsWith('user-management.'))).toMatchObject([
    {
      action: 'user-management.user.update',
      severity: 'warning',
      target: { name: 'lena@example.com' },
      requestData: { iamId, initialValue: { userState: 'ACTIVE' }, newValue: { userState: 'DISABLED' } },
    },
    { action: 'user-management.user.delete', severity: 'critical', requestData: { iamId, email: 'lena@example.com' } },
  ]);
});
