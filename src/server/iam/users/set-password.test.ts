import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClock } from '../../../contract/clock/read.ts';
import { setOwnPassword } from '../../../contract/users/set-password.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

const NEW = 'staple battery horse';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const logIn = (name: string, password: string, account = server.account.accountId) =>
  ask(server, { grant_type: 'password', username: `${name}@example.com`, password, account }, { client: BX });
const set = (token: string, new_password: string, old_password?: string, address = '192.0.2.1') =>
  server.call(
    setOwnPassword,
    token,
    { body: { new_password, ...(old_password !== undefined && { old_password }) } },
    { address },
  );
const works = (token: string) => codeOf(server.call(readClock, token, {}));

describe('a new password', () => {
  test('ends every other login of the person, in all accounts, and keeps the one that set it', async () => {
    const other = await server.addAccount();
    await addUser(server, 'ada', [server.account.accountId, other.accountId]);
    const [here, elsewhere, stolen] = [
      await logIn('ada', PASSWORD),
      await logIn('ada', PASSWORD, other.accountId),
      await logIn('ada', PASSWORD),
    ];
    await set(here.access_token, NEW, PASSWORD);
    expect(await Promise.all([here, elsewhere, stolen].map(({ access_token }) => works(access_token)))).toEqual([
      'answered',
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
    ]);
    const refresh = { grant_type: 'refresh_token', refresh_token: stolen.refresh_token };
    expect(await codeOf(ask(server, refresh, { client: BX }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(logIn('ada', PASSWORD))).toBe('CREDENTIALS_WRONG');
    expect(await codeOf(logIn('ada', NEW))).toBe('answered');
  });

  test('is set by whoever knows the old one, and who guesses it is slowed down', async () => {
    await addUser(server, 'bob');
    const { access_token } = await logIn('bob', PASSWORD);
    expect(await codeOf(set(access_token, NEW))).toBe('INVALID_FIELD');
    const guesses: string[] = [];
    for (let n = 0; n < 6; n += 1) guesses.push(await codeOf(set(access_token, NEW, `guess number ${n}`)));
    expect(guesses).toEqual([...Array.from({ length: 5 }, () => 'ACTION_DENIED'), 'OVERLOADED']);
    expect(await codeOf(set(access_token, NEW, PASSWORD, '192.0.2.2'))).toBe('answered');
  });

  test('follows the rules, which are told; nothing is changed by one that does not', async () => {
    await addUser(server, 'cleo');
    const { access_token } = await logIn('cleo', PASSWORD);
    await expect(set(access_token, 'too short', PASSWORD)).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      message: 'Field new_password: a password has at least 12 characters.',
    });
    await logIn('cleo', PASSWORD);
  });
});

describe('the first password of somebody who has none', () => {
  test('is set by his API key, as the first owner does', async () => {
    await set(server.ownerToken, NEW);
    const username = 'owner@rootward.local';
    expect((await ask(server, { grant_type: 'password', username, password: NEW }, { client: BX })).token_type).toBe('Bearer');
  });

  test('is not set by the API key of one account where he is in several, because it would open them all', async () => {
    await using alone = await startTestServer();
    const other = await alone.addAccount();
    const { accountId } = alone.account;
    await alone.store.change(['iam'], (tx) =>
      tx
        .insertInto('account_users')
        .values({ account_id: accountId, iam_id: other.ownerIamId, state: 'ACTIVE', added_at: 1, added_by: 'x' })
        .execute(),
    );
    expect(await codeOf(alone.call(setOwnPassword, other.token, { body: { new_password: NEW } }))).toBe('ACTION_DENIED');
  });
});

test('a service ID has no password', async () => {
  const { token } = await addPerson(server, 'robot');
  expect(await codeOf(set(token, NEW))).toBe('ACTION_DENIED');
});

test('no password is on record', async () => {
  const records = JSON.stringify(await server.auditRecords());
  expect(records).toContain('iam-identity.user-password.update');
  for (const secret of [NEW, PASSWORD, 'guess number', 'too short']) expect(records).not.toContain(secret);
});
