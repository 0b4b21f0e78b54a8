import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import * as types from '../../../contract/tokens/grant.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { openDelegatedToken, openRefreshToken, sealDelegatedToken, sealRefreshToken } from './refresh-token.ts';
import { ask } from './testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const barrier = new Barrier(SecretBytes.random(32));
const genuine = { sessionId: 'b6f0', number: 3 };
const delegated = {
  accountId: 'a',
  iamId: 'IBMid-1',
  login: { apiKeyId: 'ApiKey-1' },
  clients: ['kube'],
  until: 10,
};

test('what was sealed is opened, each kind as itself', () => {
  expect(openRefreshToken(barrier, sealRefreshToken(barrier, genuine))).toEqual(genuine);
  expect(openDelegatedToken(barrier, sealDelegatedToken(barrier, delegated), 9)).toEqual(delegated);
  expect(openDelegatedToken(barrier, sealDelegatedToken(barrier, delegated), 10)).toBeUndefined();
  expect(openDelegatedToken(barrier, sealRefreshToken(barrier, genuine).replace('rwr', 'rwd'), 9)).toBeUndefined();
  expect(openRefreshToken(barrier, sealDelegatedToken(barrier, delegated).replace('rwd', 'rwr'))).toBeUndefined();
});

test('any text but a refresh token that was sealed is none', { timeout: FUZZ_MS }, () => {
  const token = sealRefreshToken(barrier, genuine);
  const altered = fc
    .tuple(fc.nat(token.length - 1), fc.nat(3), fc.string({ unit: 'binary-ascii', maxLength: 4 }))
    .map(([at, cut, put]) => token.slice(0, at) + put + token.slice(at + cut));
  const formed = fc
    .tuple(fc.constantFrom('rwr', 'rwd'), fc.json(), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([kind, json, mac]) => `${kind}_${Buffer.from(json).toString('base64url')}.${Buffer.from(mac).toString('base64url')}`);
  fc.assert(
    fc.property(fc.oneof(altered, formed, fc.string()), (text) => {
      const opened = openRefreshToken(barrier, text);
      expect(opened).toEqual(text === token ? genuine : undefined);
      expect(openDelegatedToken(barrier, text, 0)).toBeUndefined();
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test('whatever a token form holds, the answer is one of those that are documented, and never a token', {
  timeout: FUZZ_MS,
}, async () => {
  const grants = Object.entries(types).flatMap(([name, value]) => (name.endsWith('_GRANT') ? [String(value)] : []));
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '',
      '__proto__',
      'crn-crn:v1:bluemix:public:kms:us-south:a/x:y::',
      'Profile-1',
      'a'.repeat(600),
      server.ownerToken,
    ),
  );
  const names = Object.keys(types.TokenRequest.properties).filter((name) => name !== 'grant_type' && name !== 'password');
  const form = fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] });
  const client = fc.oneof(fc.constant(undefined), fc.string({ maxLength: 30 }), fc.constant('Basic Yng6Yng='));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...grants, 'other'), form, client, async (grant_type, fields, authorization) => {
      const asked = ask(server, { grant_type, ...fields }, authorization === undefined ? {} : { client: authorization });
      await expect(asked).rejects.toMatchObject({ name: 'RootwardError', code: expect.not.stringMatching('INTERNAL') });
    }),
    // Each is a whole request, with its record.
    { numRuns: Math.ceil(FUZZ_RUNS / 20) },
  );
});
