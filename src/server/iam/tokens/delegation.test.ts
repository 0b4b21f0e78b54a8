import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY_GRANT, ASSUME_GRANT, DELEGATED_REFRESH_GRANT } from '../../../contract/tokens/grant.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addProfile, ask, codeOf, KUBE } from './testkit/logins.ts';

const MINUTE = 60_000;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const wanted = (seconds: number) => ({
  response_type: 'delegated_refresh_token',
  receiver_client_ids: 'kube',
  delegated_refresh_token_expiry: String(seconds),
});
const goOn = (delegated_refresh_token: string, seconds = 3600) =>
  ask(server, { grant_type: DELEGATED_REFRESH_GRANT, delegated_refresh_token, ...wanted(seconds) }, { client: KUBE });

test('whoever goes on with a delegated refresh token gets none that is good for longer', async () => {
  const login = { grant_type: API_KEY_GRANT, apikey: server.ownerApiKey, ...wanted(600) };
  const { delegated_refresh_token: first = '' } = await ask(server, login);
  server.clock.advance(9 * MINUTE);
  const { delegated_refresh_token: second = '' } = await goOn(first);
  expect(await codeOf(goOn(second))).toBe('answered');
  server.clock.advance(MINUTE);
  expect(await codeOf(goOn(second))).toBe('UNAUTHENTICATED');
});

test('whoever acts as a profile by an access token gets none that is good for longer than that', async () => {
  const profile_id = await addProfile(server, 'worker', [server.account.ownerIamId]);
  const access_token = await server.logIn(server.ownerApiKey);
  server.clock.advance(50 * MINUTE);
  const body = { grant_type: ASSUME_GRANT, access_token, profile_id, ...wanted(3600) };
  const { delegated_refresh_token = '' } = await ask(server, body);
  server.clock.advance(9 * MINUTE);
  expect(await codeOf(goOn(delegated_refresh_token))).toBe('answered');
  server.clock.advance(MINUTE);
  expect(await codeOf(goOn(delegated_refresh_token))).toBe('UNAUTHENTICATED');
});
