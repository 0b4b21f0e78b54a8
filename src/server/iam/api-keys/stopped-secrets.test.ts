import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { rotateApiKey } from '../../../contract/api-keys/rotate.ts';
import { createPasscode } from '../../../contract/passcodes/create.ts';
import { API_KEY_GRANT, PASSCODE_GRANT } from '../../../contract/tokens/grant.ts';
import { introspectToken } from '../../../contract/tokens/introspect.ts';
import { changeApiKey, findApiKey } from '../../../store/iam/api-keys.ts';
import { setPassword } from '../../../store/iam/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { apiKeyGrant } from '../tokens/grants/api-key.ts';
import type { Ask } from '../tokens/grants/grant.ts';
import { passwordGrant } from '../tokens/grants/password.ts';
import { createGuessLimit } from '../tokens/guesses/guess-limit.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const make = async () => {
  const { output } = await server.call(createApiKey, server.ownerToken, { body: { name: 'leaked' } });
  return { id: output.id, secret: output.apikey ?? '' };
};
const rotate = async (id: string, grace_seconds = 0) =>
  server.call(rotateApiKey, server.ownerToken, { params: { id }, body: { grace_seconds } });

test('a passcode that was got with the old secret is good no more once that has stopped', async () => {
  const key = await make();
  const { access_token } = await ask(server, { grant_type: API_KEY_GRANT, apikey: key.secret });
  const { output } = await server.call(createPasscode, access_token, {});
  await rotate(key.id);
  const logIn = ask(server, { grant_type: PASSCODE_GRANT, passcode: output.passcode }, { client: BX });
  expect(await codeOf(logIn)).toBe('CREDENTIALS_WRONG');
});

test('a rotation with a grace period does not bring back what an earlier one without has stopped', async () => {
  const key = await make();
  const stolen = await server.logIn(key.secret);
  server.clock.advance(1000);
  await rotate(key.id);
  server.clock.advance(1000);
  await rotate(key.id, 600);
  expect(await codeOf((async () => server.authenticate(stolen))())).toBe('UNAUTHENTICATED');
});

test('a token of the same second as the rotation stops too', async () => {
  const key = await make();
  const stolen = await server.logIn(key.secret);
  await rotate(key.id);
  expect(await codeOf((async () => server.authenticate(stolen))())).toBe('UNAUTHENTICATED');
});

const asked = (body: Ask['body']): Ask => ({
  body,
  client: 'bx',
  host: { address: '192.0.2.1', agent: '', network: 'public' },
  now: server.clock.now(),
});

test('no session begins with a secret that stopped after it was looked up', async () => {
  const key = await make();
  const deps = { ...server.iam, guesses: createGuessLimit() };
  const login = await apiKeyGrant(deps, asked({ grant_type: API_KEY_GRANT, apikey: key.secret }));
  if (!('session' in login && login.session)) throw new Error('the key was refused');
  const row = await findApiKey(server.store.db, server.account.accountId, key.id);
  if (!row) throw new Error('the key is gone');
  await server.store.change(['iam'], (tx) => changeApiKey(tx, { ...row, secret_hash: Buffer.alloc(32, 1) }));
  expect(await server.store.change([], login.session)).toBeUndefined();
});

test('no session begins with a password that was changed after it was proved', async () => {
  const iamId = await addUser(server, 'ada');
  const deps = { ...server.iam, guesses: createGuessLimit() };
  const login = await passwordGrant(deps, asked({ grant_type: 'password', username: 'ada@example.com', password: PASSWORD }));
  if (!('session' in login && login.session)) throw new Error('the password was refused');
  await server.store.change(['iam'], (tx) => setPassword(tx, iamId, 'another', server.clock.now()));
  expect(await server.store.change([], login.session)).toBeUndefined();
});

test('a token of a later secret says so, also where a client asks about it', async () => {
  const key = await make();
  const { output } = await rotate(key.id);
  const token = await server.logIn(output.apikey ?? '');
  const asked = { headers: { authorization: BX }, body: { token } };
  expect((await server.call(introspectToken, undefined, asked)).output).toMatchObject({ active: true, apikey_epoch: 1 });
});
