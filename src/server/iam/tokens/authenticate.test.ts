import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { createToken } from '../../../contract/tokens/create.ts';
import { API_KEY_GRANT, REFRESH_GRANT } from '../../../contract/tokens/grant.ts';
import { listSigningKeys } from '../../../contract/tokens/keys.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const admit = async (token: string) => server.authenticate(token);
const BX = 'Basic Yng6Yng=';
const refused = (code: string) => expect.objectContaining({ code });

test('the answer has every field that published clients read', async () => {
  const { output } = await server.call(createToken, undefined, {
    body: { grant_type: API_KEY_GRANT, apikey: server.ownerApiKey, response_type: 'cloud_iam' },
  });
  const now = Math.floor(server.clock.now() / 1000);
  expect(output).toMatchObject({ token_type: 'Bearer', expires_in: 3600, expiration: now + 3600, scope: 'ibm openid' });
  const claims = decodeJwt(output.access_token);
  expect(claims).toMatchObject({
    iam_id: server.account.ownerIamId,
    id: server.account.ownerIamId,
    realmid: 'IBMid',
    account: { valid: true, bss: server.account.accountId },
    iat: now,
    exp: now + 3600,
    iss: server.iam.issuer(),
  });
  const { kid, alg } = decodeProtectedHeader(output.access_token);
  expect(alg).toBe('RS256');
  const { output: jwks } = await server.call(listSigningKeys, undefined, {});
  expect(jwks.keys.map((key) => key.kid)).toContain(kid);
});

test('a genuine token gives the same frozen principal each time, at once from the second time on', async () => {
  const first = await server.authenticate(server.ownerToken);
  const second = server.authenticate(server.ownerToken);
  expect(second).not.toBeInstanceOf(Promise);
  expect(second).toBe(first);
  expect(Object.isFrozen(first)).toBe(true);
  expect(first).toMatchObject({ kind: 'user', iamId: server.account.ownerIamId, accountId: server.account.accountId });
});

test('no token, or nonsense, is refused', async () => {
  expect(() => server.authenticate(undefined)).toThrow(refused('UNAUTHENTICATED'));
  await expect(admit('nonsense')).rejects.toEqual(refused('UNAUTHENTICATED'));
  await expect(admit('a.b.c')).rejects.toEqual(refused('UNAUTHENTICATED'));
});

test('any token but one that was issued is refused as none', { timeout: FUZZ_MS }, async () => {
  const parts = server.ownerToken.split('.');
  /** One part of a good token, with some of its characters replaced. What the last one says is in part ignored by base64url. */
  const altered = fc.tuple(fc.nat(2), fc.nat(), fc.string({ minLength: 1, maxLength: 4 })).map(([which, place, put]) => {
    const part = parts[which] ?? '';
    const at = place % (part.length - 8);
    return parts.with(which, part.slice(0, at) + put + part.slice(at + put.length)).join('.');
  });
  const claims = fc.tuple(fc.json(), fc.json()).map(([head, body]) => {
    return [head, body]
      .map((text) => Buffer.from(text).toString('base64url'))
      .concat(parts[2] ?? '')
      .join('.');
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ minLength: 1 }), altered, claims), async (token) => {
      if (token !== server.ownerToken) await expect(admit(token)).rejects.toEqual(refused('UNAUTHENTICATED'));
    }),
    // Each may be the verification of a signature.
    { numRuns: Math.ceil(FUZZ_RUNS / 4) },
  );
});

test('alg none is refused', async () => {
  const [, payload = ''] = server.ownerToken.split('.');
  const { kid } = await server.iam.signingKeys.current();
  await expect(admit(`${base64url({ alg: 'none', kid })}.${payload}.`)).rejects.toEqual(refused('UNAUTHENTICATED'));
});

test('HS256 with the public key as the secret is refused', async () => {
  const { kid } = await server.iam.signingKeys.current();
  const pem = (await server.iam.signingKeys.publicKey(kid))?.export({ type: 'spki', format: 'pem' }) ?? '';
  const [, payload = ''] = server.ownerToken.split('.');
  const signed = `${base64url({ alg: 'HS256', kid })}.${payload}`;
  const mac = createHmac('sha256', pem).update(signed).digest('base64url');
  await expect(admit(`${signed}.${mac}`)).rejects.toEqual(refused('UNAUTHENTICATED'));
});

test('a token of a foreign key is refused, whether it claims our kid or its own', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const kid of [(await server.iam.signingKeys.current()).kid, 'foreign', undefined]) {
    const header = kid === undefined ? { alg: 'RS256' } : { alg: 'RS256', kid };
    const token = await new SignJWT(decodeJwt(server.ownerToken)).setProtectedHeader(header).sign(privateKey);
    await expect(admit(token)).rejects.toEqual(refused('UNAUTHENTICATED'));
  }
});

test('another issuer, or a token without exp, is refused although we signed it', async () => {
  const { kid, privateKey } = await server.iam.signingKeys.current();
  const claims = decodeJwt(server.ownerToken);
  const { exp: _exp, ...endless } = claims;
  for (const wrong of [{ ...claims, iss: 'https://elsewhere/identity' }, endless, { ...claims, account: {} }]) {
    const token = await new SignJWT(wrong).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
    await expect(admit(token)).rejects.toEqual(refused('UNAUTHENTICATED'));
  }
});

test('a token ends with its hour, also where it was verified before', async () => {
  await using own = await startTestServer();
  const principal = await own.authenticate(own.ownerToken);
  own.clock.advance(3_599_000);
  expect(own.authenticate(own.ownerToken)).toBe(principal);
  own.clock.advance(1000);
  await expect((async () => own.authenticate(own.ownerToken))()).rejects.toEqual(refused('TOKEN_EXPIRED'));
});

test('deleting the API key ends its tokens at once, and its refresh tokens', async () => {
  const { output: key } = await server.call(createApiKey, server.ownerToken, { body: { name: 'second' } });
  const bx = { headers: { authorization: BX } };
  const { output: login } = await server.call(createToken, undefined, {
    ...bx,
    body: { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' },
  });
  await admit(login.access_token);
  await server.call(deleteApiKey, server.ownerToken, { params: { id: key.id } });
  await expect(admit(login.access_token)).rejects.toEqual(refused('UNAUTHENTICATED'));
  const refresh = { grant_type: REFRESH_GRANT, refresh_token: login.refresh_token };
  await expect(server.call(createToken, undefined, { ...bx, body: refresh })).rejects.toEqual(refused('UNAUTHENTICATED'));
  const again = { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' };
  await expect(server.call(createToken, undefined, { body: again })).rejects.toEqual(refused('API_KEY_NOT_FOUND'));
});

test('a connection by which a token was accepted learns of its end as any other does', async () => {
  await using own = await startTestServer();
  const connection = {};
  const ask = async (token: string) => own.authenticate(token, connection);
  const { output: key } = await own.call(createApiKey, own.ownerToken, { body: { name: 'second' } });
  const body = { grant_type: API_KEY_GRANT, apikey: key.apikey ?? '' };
  const token = (await own.call(createToken, undefined, { body })).output.access_token;
  for (let time = 0; time < 2; time += 1) expect(await ask(token)).toMatchObject({ iamId: own.account.ownerIamId });
  await expect(ask(`${token}x`)).rejects.toEqual(refused('UNAUTHENTICATED'));
  expect(await ask(token)).toMatchObject({ iamId: own.account.ownerIamId });
  await own.call(deleteApiKey, own.ownerToken, { params: { id: key.id } });
  await expect(ask(token)).rejects.toEqual(refused('UNAUTHENTICATED'));
  await ask(own.ownerToken);
  own.clock.advance(3_600_000);
  await expect(ask(own.ownerToken)).rejects.toEqual(refused('TOKEN_EXPIRED'));
});

test('unknown, disabled and expired API keys look alike', async () => {
  const expires_at = new Date(server.clock.now() + 60_000).toISOString();
  const { output: expiring } = await server.call(createApiKey, server.ownerToken, { body: { name: 'short', expires_at } });
  const { output: disabled } = await server.call(createApiKey, server.ownerToken, { body: { name: 'off' } });
  const token = await server.logIn(expiring.apikey ?? '');
  await admit(token);
  await server.store.change(['iam'], (tx) =>
    tx.updateTable('api_keys').set({ disabled: 1 }).where('id', '=', disabled.id).execute(),
  );
  server.clock.advance(60_000);
  for (const apikey of [expiring.apikey ?? '', disabled.apikey ?? '', 'rwk_never-was-one']) {
    const attempt = server.call(createToken, undefined, { body: { grant_type: API_KEY_GRANT, apikey } });
    await expect(attempt).rejects.toEqual(
      expect.objectContaining({ code: 'API_KEY_NOT_FOUND', message: 'Provided API key could not be found.' }),
    );
  }
  await expect(admit(token)).rejects.toEqual(refused('TOKEN_EXPIRED'));
});

test('a disabled user is locked out at once', async () => {
  await using own = await startTestServer();
  await own.authenticate(own.ownerToken);
  await own.store.change(['iam'], (tx) => tx.updateTable('account_users').set({ state: 'DISABLED' }).execute());
  await expect((async () => own.authenticate(own.ownerToken))()).rejects.toEqual(refused('UNAUTHENTICATED'));
});

test('other grants are refused by name, and a missing secret names its field', async () => {
  const attempt = (body: { grant_type: string; apikey?: string }) => server.call(createToken, undefined, { body });
  await expect(attempt({ grant_type: 'implicit' })).rejects.toEqual(refused('GRANT_TYPE'));
  await expect(attempt({ grant_type: API_KEY_GRANT })).rejects.toEqual(
    expect.objectContaining({ code: 'INVALID_FIELD', target: { type: 'field', name: 'apikey' } }),
  );
});

test('no secret of a login reaches the store or the audit log', async () => {
  const person = await addPerson(server, 'quiet');
  const { output } = await server.call(createToken, undefined, {
    body: { grant_type: API_KEY_GRANT, apikey: person.apiKey },
  });
  const text = JSON.stringify(await server.auditRecords());
  const tables = JSON.stringify(await server.store.db.selectFrom('api_keys').selectAll().execute());
  for (const secret of [person.apiKey, output.access_token, output.refresh_token]) {
    expect(text).not.toContain(secret);
    expect(tables).not.toContain(secret);
  }
  expect(text).toContain('iam-identity.apikey.login');
});
