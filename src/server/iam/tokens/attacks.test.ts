import { createHmac, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import * as types from '../../../contract/tokens/grant.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { VERIFIES_MS } from '../signing-keys/life.ts';
import { makeSigningKey, openSigningKey } from '../signing-keys/make-key.ts';
import { turnOver } from '../signing-keys/turn-over.ts';
import { addProfile, ask, BX, codeOf, setInstances } from './testkit/logins.ts';

let server: TestServer;
let good: string;
beforeAll(async () => {
  server = await startTestServer();
  good = server.ownerToken;
});
afterAll(() => server[Symbol.asyncDispose]());

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const admit = (token: string, on = server) => codeOf((async () => on.authenticate(token))());

async function signed(claims: JWTPayload, more: { readonly kid?: string; readonly key?: KeyObject } = {}): Promise<string> {
  const { kid, privateKey } = await server.iam.signingKeys.current();
  return new SignJWT(claims).setProtectedHeader({ kid: more.kid ?? kid, alg: 'RS256' }).sign(more.key ?? privateKey);
}

describe('a forged access token is refused', () => {
  it('with alg none, in any spelling, with a signature or without', async () => {
    const [, payload = '', signature = ''] = good.split('.');
    const { kid } = decodeProtectedHeader(good);
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      for (const tag of ['', signature]) {
        expect(await admit(`${base64url({ alg, kid })}.${payload}.${tag}`)).toBe('UNAUTHENTICATED');
      }
    }
  });

  it('with an HMAC under the public key, in every form that the key is published in', async () => {
    const [, payload = ''] = good.split('.');
    const { kid = '' } = decodeProtectedHeader(good);
    const key = await server.iam.signingKeys.publicKey(kid);
    const jwk = (await server.iam.signingKeys.published()).find((published) => published.kid === kid);
    const pem = key?.export({ type: 'spki', format: 'pem' }) ?? '';
    const forms = [
      pem,
      pem.toString().trim(),
      key?.export({ type: 'spki', format: 'der' }) ?? '',
      JSON.stringify(jwk),
      jwk?.n ?? '',
    ];
    for (const secret of forms) {
      for (const [alg, hash] of [
        ['HS256', 'sha256'],
        ['HS384', 'sha384'],
        ['HS512', 'sha512'],
      ] as const) {
        const text = `${base64url({ alg, kid })}.${payload}`;
        expect(await admit(`${text}.${createHmac(hash, secret).update(text).digest('base64url')}`)).toBe('UNAUTHENTICATED');
      }
    }
  });

  it('with a key that it brings along', async () => {
    const made = await makeSigningKey({ ...server.iam, now: server.clock.now });
    const key = openSigningKey(server.barrier, made);
    const jwk = JSON.parse(made.public_jwk) as { kty: string; n: string; e: string };
    for (const header of [
      { jwk },
      { jku: 'http://127.0.0.1:1/keys' },
      { x5u: 'http://127.0.0.1:1/' },
      { jwk, kid: made.kid },
      {},
    ]) {
      const token = await new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);
      expect(await admit(token)).toBe('UNAUTHENTICATED');
    }
  });

  it.each([
    '../../../../dev/null',
    '/dev/null',
    "' OR '1'='1",
    "x' UNION SELECT kid FROM signing_keys --",
    '%',
    '*',
    '',
    '__proto__',
    'constructor',
    'A'.repeat(4000),
    'http://127.0.0.1:1/key',
  ])('with the kid %j', async (kid) => {
    const made = await makeSigningKey({ ...server.iam, now: server.clock.now });
    expect(await admit(await signed(decodeJwt(good), { kid, key: openSigningKey(server.barrier, made) }))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await admit(await signed(decodeJwt(good), { kid }))).toBe('UNAUTHENTICATED');
  });

  it('with our kid and a key of another server', async () => {
    await using other = await startTestServer();
    const { privateKey } = await other.iam.signingKeys.current();
    expect(await admit(await signed(decodeJwt(good), { key: privateKey }))).toBe('UNAUTHENTICATED');
    expect(await admit(other.ownerToken)).toBe('UNAUTHENTICATED');
  });

  it('with a retired key after its time, whatever end it claims', async () => {
    await using own = await startTestServer();
    const { kid, privateKey } = await own.iam.signingKeys.current();
    const next = await makeSigningKey({ ...own.iam, now: own.clock.now });
    await own.store.change(['iam'], (tx) => turnOver(tx, next, own.clock.now()));
    const now = Math.floor(own.clock.now() / 1000);
    const claims = { ...decodeJwt(own.ownerToken), exp: now + 10 * 86_400 };
    const long = await new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
    expect(await admit(long, own)).toBe('answered');
    own.clock.advance(VERIFIES_MS);
    const again = await new SignJWT({ ...claims, jti: 'another' }).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
    expect(await admit(again, own)).toBe('UNAUTHENTICATED');
  });

  it('of another issuer, without an end, of the past, or not yet valid, although we signed it', async () => {
    const claims = decodeJwt(good);
    const now = Math.floor(server.clock.now() / 1000);
    const { exp: _exp, ...endless } = claims;
    const { iat: _iat, ...unborn } = claims;
    for (const iss of ['https://iam.cloud.ibm.com/identity', `${claims.iss}/`, '']) {
      expect(await admit(await signed({ ...claims, iss }))).toBe('UNAUTHENTICATED');
    }
    const { iss: _iss, ...ofNobody } = claims;
    for (const wrong of [ofNobody, endless, unborn, { ...claims, nbf: now + 60 }]) {
      expect(await admit(await signed(wrong))).toBe('UNAUTHENTICATED');
    }
    expect(await admit(await signed({ ...claims, exp: now - 1 }))).toBe('TOKEN_EXPIRED');
  });
});

describe('a token is worth no more than what it was made with', () => {
  it('of an API key that was deleted, disabled or has expired', async () => {
    const make = async (name: string, more = {}) => {
      const { output } = await server.call(createApiKey, server.ownerToken, { body: { name, ...more } });
      return { id: output.id, token: await server.logIn(output.apikey ?? '') };
    };
    const deleted = await make('deleted');
    const disabled = await make('disabled');
    expect([await admit(deleted.token), await admit(disabled.token)]).toEqual(['answered', 'answered']);
    await server.call(deleteApiKey, server.ownerToken, { params: { id: deleted.id } });
    await server.store.change(['iam'], (tx) =>
      tx.updateTable('api_keys').set({ disabled: 1 }).where('id', '=', disabled.id).execute(),
    );
    expect([await admit(deleted.token), await admit(disabled.token)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  it('whatever other identity it claims, although we signed it', async () => {
    const robot = await addPerson(server, 'robot');
    const claims = decodeJwt(robot.token);
    const other = await server.addAccount();
    const owner = server.account.ownerIamId;
    const altered: JWTPayload[] = [
      { ...claims, iam_id: owner, id: owner },
      { ...claims, iam_id: owner, authn: { iam_id: owner }, act: { iam_id: robot.iamId } },
      { ...claims, account: { valid: true, bss: other.accountId } },
      { ...claims, iam_id: `iam-${await addProfile(server, 'unlinked', [])}` },
      { ...claims, iam_id: 'crn-crn:v1:bluemix:public:kms:us-south:a/x:y::' },
      { ...claims, apikey_id: undefined },
      { ...claims, apikey_id: undefined, session_id: 'none' },
      { ...claims, apikey_id: 'none' },
      { ...claims, apikey_id: { $ne: '' } },
    ];
    for (const wrong of altered) expect(await admit(await signed(wrong))).toBe('UNAUTHENTICATED');
    expect(await admit(robot.token)).toBe('answered');
  });
});

describe('tokens of one kind are nothing in the place of another', () => {
  it('neither a refresh token as an access token nor the reverse', async () => {
    const login = await ask(server, { grant_type: types.API_KEY_GRANT, apikey: server.ownerApiKey }, { client: BX });
    expect(await admit(login.refresh_token)).toBe('UNAUTHENTICATED');
    for (const refresh_token of [login.access_token, server.ownerApiKey, good]) {
      const reply = codeOf(ask(server, { grant_type: 'refresh_token', refresh_token }, { client: BX }));
      expect(await reply).toBe('UNAUTHENTICATED');
    }
    for (const access_token of [login.refresh_token, server.ownerApiKey, 'x']) {
      const assume = { grant_type: types.ASSUME_GRANT, access_token, profile_id: 'Profile-1' };
      expect(await codeOf(ask(server, assume))).toBe('UNAUTHENTICATED');
      const authz = { grant_type: types.IAM_AUTHZ_GRANT, access_token, desired_iam_id: 'crn-x' };
      expect(await codeOf(ask(server, authz))).toBe('UNAUTHENTICATED');
    }
    expect(await codeOf(ask(server, { grant_type: types.API_KEY_GRANT, apikey: good }))).toBe('INVALID_FIELD');
  });

  it('a refresh token of another server', async () => {
    await using other = await startTestServer();
    const login = await ask(other, { grant_type: types.API_KEY_GRANT, apikey: other.ownerApiKey }, { client: BX });
    const body = { grant_type: 'refresh_token', refresh_token: login.refresh_token };
    expect(await codeOf(ask(server, body, { client: BX }))).toBe('UNAUTHENTICATED');
  });
});

describe('a CRN token for a foreign cluster', () => {
  const authz = (access_token: string, crn: string) =>
    ask(server, { grant_type: types.IAM_AUTHZ_GRANT, access_token, desired_iam_id: `crn-${crn}` });

  it('is refused to another cluster, to a service ID of another account and to one of no cluster, and the log says why', async () => {
    const mine = await addCluster(server, 'c0mine0000000000000');
    const theirs = await addCluster(server, 'c0theirs00000000000');
    const other = await server.addAccount();
    const abroad = await addCluster(server, 'c0abroad00000000000', { accountId: other.accountId });
    const robot = await addPerson(server, 'cluster robot');
    await setInstances(server, robot.id, [mine.crn, abroad.crn, mine.crn.replace('us-south', 'eu-de')]);
    const cases: [string, string, string][] = [
      [mine.pluginToken, theirs.crn, `the cluster ${mine.crn} may not act as ${theirs.crn}`],
      [mine.pluginToken, abroad.crn, `the cluster ${mine.crn} may not act as ${abroad.crn}`],
      [robot.token, theirs.crn, `${robot.iamId} is not the service ID of ${theirs.crn}`],
      [robot.token, abroad.crn, `${abroad.crn} is of another account than ${robot.iamId}`],
      [robot.token, mine.crn.replace('us-south', 'eu-de'), `there is no cluster ${mine.crn.replace('us-south', 'eu-de')}`],
      [server.ownerToken, mine.crn, 'only a service ID can act as an instance of a service'],
    ];
    for (const [token, crn, why] of cases) {
      expect(await codeOf(authz(token, crn))).toBe('ACTION_DENIED');
      const record = (await server.auditRecords()).at(-1);
      expect(record).toMatchObject({ outcome: 'failure', reason: { reasonForFailure: why } });
      expect(record?.action).toMatch(/-iam-authz\.login$/);
    }
  });

  it("is refused to the cluster's own agent, which must not get what only the plugin may do", async () => {
    const cluster = await addCluster(server, 'c0agent000000000000');
    const key = await server.store.db
      .selectFrom('api_keys')
      .select('id')
      .where('iam_id', '=', `crn-${cluster.crn}`)
      .where('purpose', '=', 'agent')
      .executeTakeFirstOrThrow();
    const agentToken = await signed({ ...decodeJwt(cluster.pluginToken), apikey_id: key.id, purpose: 'agent' });
    expect(await admit(agentToken)).toBe('answered');
    expect(await codeOf(authz(agentToken, cluster.crn))).toBe('ACTION_DENIED');
    const forged = await signed({ ...decodeJwt(cluster.pluginToken), apikey_id: key.id, purpose: 'plugin' });
    expect(await server.authenticate(forged)).toMatchObject({ role: 'agent' });
  });

  it('does not lead on: who acts as a cluster assumes no profile and no other instance', async () => {
    const cluster = await addCluster(server, 'c0chain000000000000');
    const robot = await addPerson(server, 'chain robot');
    const second = 'crn:v1:bluemix:public:cloud-object-storage:global:a/x:inst-1::'.replace(
      'a/x',
      `a/${server.account.accountId}`,
    );
    await setInstances(server, robot.id, [cluster.crn, second]);
    const profile = await addProfile(server, 'chained', [robot.iamId]);
    const { access_token } = await authz(robot.token, second);
    expect(await codeOf(authz(access_token, cluster.crn))).toBe('ACTION_DENIED');
    const assume = { grant_type: types.ASSUME_GRANT, access_token, profile_id: profile };
    expect(await codeOf(ask(server, assume))).toBe('ACTION_DENIED');
  });
});
