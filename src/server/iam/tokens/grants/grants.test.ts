import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPasscode } from '../../../../contract/passcodes/create.ts';
import { endSession } from '../../../../contract/sessions/end.ts';
import * as types from '../../../../contract/tokens/grant.ts';
import { addCluster } from '../../../testkit/clusters.ts';
import { addPerson, type TestPerson } from '../../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';
import { addProfile, addUser, ask, BX, codeOf, KUBE, PASSWORD, setInstances } from '../testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const account = () => server.account.accountId;
const codeFor = (body: types.TokenRequest, client?: string) => codeOf(ask(server, body, client ? { client } : {}));
const admit = async (token: string) => server.authenticate(token);
const lastEvent = async () => (await server.auditRecords()).at(-1);

describe('grant apikey', () => {
  it('answers an SDK without a refresh token, and writes nothing for it', async () => {
    const reply = await ask(server, { grant_type: types.API_KEY_GRANT, apikey: server.ownerApiKey });
    expect(reply).toMatchObject({ refresh_token: 'not_supported', token_type: 'Bearer', expires_in: 3600 });
    expect(await server.store.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    expect(await lastEvent()).toMatchObject({
      action: 'iam-identity.user-apikey.login',
      outcome: 'success',
      initiator: { id: server.account.ownerIamId, typeURI: 'service/security/account/user', credential: { type: 'apikey' } },
    });
  });

  it('gives bx a session, whose refresh token is good for one access token and the next refresh token', async () => {
    const login = await ask(server, { grant_type: types.API_KEY_GRANT, apikey: server.ownerApiKey }, { client: BX });
    expect(decodeJwt(login.access_token)).toMatchObject({ client_id: 'bx', session_id: expect.any(String) });
    const next = await ask(server, { grant_type: 'refresh_token', refresh_token: login.refresh_token }, { client: BX });
    expect(next.refresh_token).not.toBe(login.refresh_token);
    expect(await admit(next.access_token)).toMatchObject({ iamId: server.account.ownerIamId, credential: 'apikey' });
    expect(decodeJwt(next.access_token)).toMatchObject({ grant_type: types.API_KEY_GRANT });
  });

  it('names the login of a service ID by its kind', async () => {
    const { iamId } = await addPerson(server, 'robot');
    expect(await lastEvent()).toMatchObject({
      action: 'iam-identity.serviceid-apikey.login',
      initiator: { id: iamId, typeURI: 'service/security/account/serviceid' },
    });
  });
});

describe('client credentials', () => {
  it('are bx:bx, kube:kube or none; others are refused', async () => {
    const body = { grant_type: types.API_KEY_GRANT, apikey: server.ownerApiKey };
    expect(decodeJwt((await ask(server, body)).access_token).client_id).toBe('default');
    expect(decodeJwt((await ask(server, body, { client: KUBE })).access_token).client_id).toBe('kube');
    for (const pair of ['bx:wrong', 'wrong:bx', 'bx', '', 'bx:bx:', 'BX:BX']) {
      const client = `Basic ${Buffer.from(pair).toString('base64')}`;
      expect([pair, await codeFor(body, client)]).toEqual([pair, 'CLIENT_CREDENTIALS']);
    }
  });
});

describe('grant password', () => {
  it('logs a person in, by e-mail address in any case, with the claims of a user', async () => {
    const iamId = await addUser(server, 'ada');
    const reply = await ask(server, { grant_type: 'password', username: ' Ada@Example.com', password: PASSWORD }, { client: BX });
    expect(decodeJwt(reply.access_token)).toMatchObject({
      iam_id: iamId,
      id: iamId,
      realmid: 'IBMid',
      identifier: 'ada',
      sub: 'ada@example.com',
      email: 'ada@example.com',
      name: 'ada Doe',
      given_name: 'ada',
      family_name: 'Doe',
      account: { valid: true, bss: account() },
      authn: { sub: 'ada@example.com', iam_id: iamId, email: 'ada@example.com' },
      grant_type: 'password',
      scope: 'ibm openid',
      client_id: 'bx',
      acr: 1,
      amr: ['pwd'],
    });
    expect(await admit(reply.access_token)).toMatchObject({ kind: 'user', iamId, credential: 'user' });
    expect(await lastEvent()).toMatchObject({ action: 'iam-identity.user-password.login', initiator: { id: iamId } });
  });

  it('refuses a wrong password and an unknown address alike, and says so in the log', async () => {
    await addUser(server, 'bob');
    for (const username of ['bob@example.com', 'nobody@example.com']) {
      const refused = ask(server, { grant_type: 'password', username, password: 'wrong' });
      await expect(refused).rejects.toMatchObject({
        code: 'CREDENTIALS_WRONG',
        message: 'The e-mail address or the password is wrong.',
      });
      expect(await lastEvent()).toMatchObject({ action: 'iam-identity.user-password.login', outcome: 'failure' });
    }
    expect(JSON.stringify(await server.auditRecords())).not.toContain(PASSWORD);
  });

  it('takes somebody in several accounts to the one that is named, else to the oldest', async () => {
    const other = await server.addAccount();
    await addUser(server, 'cleo', [other.accountId, account()]);
    const bssOf = async (more: Partial<types.TokenRequest>) => {
      const body = { grant_type: 'password', username: 'cleo@example.com', password: PASSWORD, ...more };
      return (decodeJwt((await ask(server, body)).access_token).account as { bss: string }).bss;
    };
    expect(await bssOf({})).toBe(other.accountId);
    expect(await bssOf({ account: account() })).toBe(account());
    expect(await bssOf({ bss_account: account() })).toBe(account());
    const foreign = await server.addAccount();
    const body = { grant_type: 'password', username: 'cleo@example.com', password: PASSWORD, account: foreign.accountId };
    expect(await codeFor(body)).toBe('ACTION_DENIED');
  });
});

describe('grant passcode', () => {
  const passcodeFor = async (token: string) => (await server.call(createPasscode, token, {})).output;

  it('logs in once with a code that somebody got where he was logged in', async () => {
    const iamId = await addUser(server, 'dora');
    const login = await ask(server, { grant_type: 'password', username: 'dora@example.com', password: PASSWORD });
    const { passcode, expires_in } = await passcodeFor(login.access_token);
    expect(expires_in).toBe(300);
    const body = { grant_type: types.PASSCODE_GRANT, passcode: passcode.toLowerCase() };
    const reply = await ask(server, body, { client: BX });
    expect(decodeJwt(reply.access_token)).toMatchObject({ iam_id: iamId, grant_type: types.PASSCODE_GRANT });
    expect(await lastEvent()).toMatchObject({ action: 'iam-identity.user-passcode.login', initiator: { id: iamId } });
    expect(await codeFor(body, BX)).toBe('CREDENTIALS_WRONG');
  });

  it('is over after five minutes', async () => {
    await using own = await startTestServer();
    const { output } = await own.call(createPasscode, own.ownerToken, {});
    own.clock.advance(300_000);
    const body = { grant_type: types.PASSCODE_GRANT, passcode: output.passcode };
    expect(await codeOf(ask(own, body))).toBe('CREDENTIALS_WRONG');
  });

  it('is good for one of two who use it at the same time', async () => {
    const { passcode } = await passcodeFor(server.ownerToken);
    const body = { grant_type: types.PASSCODE_GRANT, passcode };
    const answers = await Promise.all([codeFor(body), codeFor(body), codeFor(body)]);
    expect(answers.filter((answer) => answer === 'answered')).toHaveLength(1);
  });

  it('what an API key got a code for ends with the key', async () => {
    const { passcode } = await passcodeFor(server.ownerToken);
    const login = await ask(server, { grant_type: types.PASSCODE_GRANT, passcode });
    await admit(login.access_token);
    await server.store.change(['iam'], (tx) =>
      tx.updateTable('api_keys').set({ disabled: 1 }).where('iam_id', '=', server.account.ownerIamId).execute(),
    );
    await expect(admit(login.access_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await codeFor({ grant_type: 'refresh_token', refresh_token: login.refresh_token })).toBe('UNAUTHENTICATED');
    await server.store.change(['iam'], (tx) => tx.updateTable('api_keys').set({ disabled: 0 }).execute());
  });

  it('is for users only', async () => {
    const { token } = await addPerson(server, 'machine');
    expect(await codeOf(passcodeFor(token))).toBe('ACTION_DENIED');
  });
});

describe('grant assume', () => {
  let robot: TestPerson;
  let profile: string;
  const assume = (more: Partial<types.TokenRequest>, access_token = robot.token) =>
    ask(server, { grant_type: types.ASSUME_GRANT, access_token, ...more });
  beforeAll(async () => {
    robot = await addPerson(server, 'worker');
    profile = await addProfile(server, 'night shift', [robot.iamId]);
  });

  it('by id, CRN, or name and account: a token of the profile that names who acts', async () => {
    const crn = `crn:v1:bluemix:public:iam-identity::a/${account()}::profile:${profile}`;
    for (const named of [{ profile_id: profile }, { profile_crn: crn }, { profile_name: 'night shift', account: account() }]) {
      const reply = await assume(named);
      expect(reply.refresh_token).toBe('not_supported');
      expect(decodeJwt(reply.access_token)).toMatchObject({
        iam_id: `iam-${profile}`,
        realmid: 'iam',
        identifier: profile,
        sub: profile,
        sub_type: 'Profile',
        name: 'night shift',
        account: { bss: account() },
        act: { iam_id: robot.iamId, sub_type: 'ServiceId' },
        grant_type: types.ASSUME_GRANT,
      });
      expect(await admit(reply.access_token)).toMatchObject({
        kind: 'profile',
        iamId: `iam-${profile}`,
        actor: { iamId: robot.iamId, name: 'worker' },
      });
    }
    expect(await lastEvent()).toMatchObject({
      action: 'iam-identity.serviceid-assume.login',
      initiator: { id: robot.iamId },
      responseData: { iamId: `iam-${profile}` },
    });
  });

  it('is refused to whoever is not linked, with the reason in the log only', async () => {
    const stranger = await addPerson(server, 'stranger');
    const attempt = assume({ profile_id: profile }, stranger.token);
    await expect(attempt).rejects.toMatchObject({ code: 'ACTION_DENIED', message: 'You may not act as this trusted profile.' });
    expect(await lastEvent()).toMatchObject({
      action: 'iam-identity.serviceid-assume.login',
      outcome: 'failure',
      initiator: { id: stranger.iamId },
      reason: { reasonForFailure: `${stranger.iamId} is not linked to the trusted profile ${profile}` },
    });
    expect(await codeOf(assume({ profile_id: 'Profile-none' }))).toBe('ACTION_DENIED');
    expect(await codeOf(assume({ profile_name: 'night shift', account: 'another' }))).toBe('ACTION_DENIED');
    expect(await codeOf(assume({}))).toBe('INVALID_FIELD');
  });

  it('a profile assumes no other profile, nor does anybody of another account', async () => {
    const second = await addProfile(server, 'second', [`iam-${profile}`, robot.iamId]);
    const { access_token } = await assume({ profile_id: profile });
    expect(await codeOf(assume({ profile_id: second }, access_token))).toBe('ACTION_DENIED');
    const other = await server.addAccount();
    const theirs = await addPerson(server, 'theirs', other.token);
    const third = await addProfile(server, 'third', [theirs.iamId]);
    expect(await codeOf(assume({ profile_id: third }, theirs.token))).toBe('ACTION_DENIED');
  });

  it('a cluster that is linked by its CRN acts as the profile, and only by a token of its own', async () => {
    const cluster = await addCluster(server, 'c0linked000000000000');
    const own = await addProfile(server, 'of a cluster', [cluster.crn]);
    const { access_token } = await assume({ profile_id: own }, cluster.pluginToken);
    expect(await admit(access_token)).toMatchObject({ kind: 'profile', actor: { iamId: `crn-${cluster.crn}` } });
    await setInstances(server, robot.id, [cluster.crn]);
    const desired_iam_id = `crn-${cluster.crn}`;
    const body = { grant_type: types.IAM_AUTHZ_GRANT, access_token: robot.token, desired_iam_id };
    const acting = await ask(server, body);
    expect(await codeOf(assume({ profile_id: own }, acting.access_token))).toBe('ACTION_DENIED');
    expect(await codeOf(ask(server, { ...body, access_token: acting.access_token }))).toBe('ACTION_DENIED');
  });

  it('ends as soon as the identity may assume it no more, or the profile is gone', async () => {
    const { access_token } = await assume({ profile_id: profile });
    await admit(access_token);
    await server.store.change(['iam'], (tx) =>
      tx.deleteFrom('profile_identities').where('profile_id', '=', profile).where('identifier', '=', robot.iamId).execute(),
    );
    await expect(admit(access_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const fresh = await addProfile(server, 'fresh', [robot.iamId]);
    const other = (await assume({ profile_id: fresh })).access_token;
    await admit(other);
    await server.store.change(['iam'], (tx) => tx.deleteFrom('trusted_profiles').where('id', '=', fresh).execute());
    await expect(admit(other)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('grant iam-authz', () => {
  const authz = (access_token: string, crn: string) =>
    ask(server, { grant_type: types.IAM_AUTHZ_GRANT, access_token, desired_iam_id: `crn-${crn}` }, { client: BX });
  const bucketOf = (accountId: string) => `crn:v1:bluemix:public:cloud-object-storage:global:a/${accountId}:inst-1:bucket:b1`;

  it("a service's own service ID acts as its instance, with the claims of a CRN token", async () => {
    const robot = await addPerson(server, 'storage');
    const crn = bucketOf(account());
    await setInstances(server, robot.id, [crn]);
    const reply = await authz(robot.token, crn);
    expect(reply).toMatchObject({ expires_in: 1800, refresh_token: 'not_supported' });
    expect(decodeJwt(reply.access_token)).toMatchObject({
      iam_id: `crn-${crn}`,
      realmid: 'crn',
      identifier: crn,
      sub: crn,
      sub_type: 'CRN',
      account: { bss: account() },
      authn: { iam_id: robot.iamId, sub_type: 'ServiceId' },
      grant_type: types.IAM_AUTHZ_GRANT,
      acr: 0,
      amr: [],
    });
    expect(await admit(reply.access_token)).toMatchObject({
      kind: 'service',
      source: {
        serviceName: 'cloud-object-storage',
        accountId: account(),
        serviceInstance: 'inst-1',
        region: 'global',
        resourceType: 'bucket',
        resource: 'b1',
      },
    });
    await setInstances(server, robot.id, []);
    await expect(admit(reply.access_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('a cluster is acted as by its plugin and by its service ID, and never by its agent', async () => {
    const cluster = await addCluster(server, 'c5l2v9kd0s3m7hq8r1tg');
    const own = await authz(cluster.pluginToken, cluster.crn);
    expect(await admit(own.access_token)).toMatchObject({ kind: 'cluster', role: 'plugin', clusterId: cluster.id });
    const robot = await addPerson(server, 'cluster robot');
    await setInstances(server, robot.id, [cluster.crn]);
    const { access_token } = await authz(robot.token, cluster.crn);
    expect(await admit(access_token)).toMatchObject({
      kind: 'cluster',
      role: 'plugin',
      encryptionDomain: `domain of ${cluster.id}`,
    });
    await server.store.change(['clusters'], (tx) =>
      tx.updateTable('clusters').set({ deleted_at: server.clock.now() }).where('id', '=', cluster.id).execute(),
    );
    await expect(admit(access_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await codeOf(authz(robot.token, cluster.crn))).toBe('ACTION_DENIED');
  });

  it('is refused where the CRN is not exactly one of the service ID, of its account, and well formed', async () => {
    const robot = await addPerson(server, 'greedy');
    const other = await server.addAccount();
    const own = bucketOf(account());
    const foreign = bucketOf(other.accountId);
    await setInstances(server, robot.id, [own, foreign, 'nonsense']);
    for (const crn of [foreign, `${own} `, own.toUpperCase(), own.replace('b1', 'b2'), 'nonsense', '']) {
      expect([crn, await codeOf(authz(robot.token, crn))]).toEqual([crn, 'ACTION_DENIED']);
    }
    expect(await codeOf(authz(server.ownerToken, own))).toBe('ACTION_DENIED');
    const plain = ask(server, { grant_type: types.IAM_AUTHZ_GRANT, access_token: robot.token, desired_iam_id: robot.iamId });
    expect(await codeOf(plain)).toBe('INVALID_FIELD');
  });
});

describe('a delegated refresh token', () => {
  const wanted = { response_type: 'delegated_refresh_token', receiver_client_ids: 'kube', delegated_refresh_token_expiry: '600' };
  const redeem = (token: string, client?: string) =>
    ask(server, { grant_type: types.DELEGATED_REFRESH_GRANT, delegated_refresh_token: token }, client ? { client } : {});

  it('lets the client that it was given for go on as the same identity, for as long as was asked', async () => {
    await using own = await startTestServer();
    const body = { grant_type: types.API_KEY_GRANT, apikey: own.ownerApiKey, ...wanted };
    const { delegated_refresh_token = '' } = await ask(own, body, { client: BX });
    const again = { grant_type: types.DELEGATED_REFRESH_GRANT, delegated_refresh_token };
    const reply = await ask(own, again, { client: KUBE });
    expect(decodeJwt(reply.access_token)).toMatchObject({ iam_id: own.account.ownerIamId, client_id: 'kube' });
    expect(reply.refresh_token).toBe('not_supported');
    own.clock.advance(600_000);
    expect(await codeOf(ask(own, again, { client: KUBE }))).toBe('UNAUTHENTICATED');
  });

  it('is nothing in the hands of another client, nor as any other token', async () => {
    const { delegated_refresh_token = '' } = await ask(server, {
      grant_type: types.API_KEY_GRANT,
      apikey: server.ownerApiKey,
      ...wanted,
    });
    expect(await codeOf(redeem(delegated_refresh_token))).toBe('UNAUTHENTICATED');
    expect(await codeOf(redeem(delegated_refresh_token, BX))).toBe('UNAUTHENTICATED');
    expect(await codeFor({ grant_type: 'refresh_token', refresh_token: delegated_refresh_token }, KUBE)).toBe('UNAUTHENTICATED');
    await expect(admit(delegated_refresh_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('names who may use it and how long, or is refused', async () => {
    const body = { grant_type: types.API_KEY_GRANT, apikey: server.ownerApiKey, ...wanted };
    for (const receiver_client_ids of ['', 'default', 'kube,evil']) {
      expect(await codeFor({ ...body, receiver_client_ids })).toBe('INVALID_FIELD');
    }
    for (const delegated_refresh_token_expiry of ['0', '-1', '1.5', '3601', 'x', '1e9']) {
      expect(await codeFor({ ...body, delegated_refresh_token_expiry })).toBe('INVALID_FIELD');
    }
  });
});

describe('a logout', () => {
  it('ends the session at once, with its access tokens and its refresh token', async () => {
    await addUser(server, 'eve');
    const login = await ask(server, { grant_type: 'password', username: 'eve@example.com', password: PASSWORD });
    await admit(login.access_token);
    await server.call(endSession, login.access_token, {});
    await expect(admit(login.access_token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await codeFor({ grant_type: 'refresh_token', refresh_token: login.refresh_token })).toBe('UNAUTHENTICATED');
    expect((await server.auditRecords()).map(({ action }) => action)).toContain('iam-identity.session.logout');
  });

  it('says where there is no session to end', async () => {
    expect(await codeOf(server.call(endSession, server.ownerToken, {}))).toBe('SESSION_NONE');
  });
});

it('a compute resource token is refused in words', async () => {
  const attempt = ask(server, { grant_type: types.CR_TOKEN_GRANT, profile_id: 'Profile-1' });
  await expect(attempt).rejects.toMatchObject({ code: 'GRANT_TYPE', message: expect.stringContaining('cr-token') });
});
