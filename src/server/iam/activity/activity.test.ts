import { describe, expect, it } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { getApiKey } from '../../../contract/api-keys/get.ts';
import { listApiKeys } from '../../../contract/api-keys/list.ts';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { getServiceId } from '../../../contract/service-ids/get.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { API_KEY_GRANT, ASSUME_GRANT } from '../../../contract/tokens/grant.ts';
import { addProfileIdentity } from '../../../contract/trusted-profiles/add-identity.ts';
import { createProfile } from '../../../contract/trusted-profiles/create.ts';
import { getProfile } from '../../../contract/trusted-profiles/get.ts';
import { listProfiles } from '../../../contract/trusted-profiles/list.ts';
import { addAuthentications } from '../../../store/iam/authentications.ts';
import { formatInstant } from '../../instant.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { ask, BX, codeOf } from '../tokens/testkit/logins.ts';
import { createLoginCounts } from './login-counts.ts';

const query = { include_activity: true };
const logIn = (server: TestServer, apikey: string, client = '') =>
  ask(server, { grant_type: API_KEY_GRANT, apikey }, client === '' ? {} : { client });

async function newServiceId(server: TestServer) {
  const body = { name: 'robot', account_id: server.account.accountId, apikey: { name: 'nightly' } };
  const { output } = await server.call(createServiceId, server.ownerToken, { body });
  const { id: keyId = '', apikey: secret = '' } = output.apikey ?? {};
  return { id: output.id, iamId: output.iam_id, keyId, secret };
}

const ofKey = async (server: TestServer, id: string) =>
  (await server.call(getApiKey, server.ownerToken, { params: { id }, query })).output.activity;
const ofServiceId = async (server: TestServer, id: string) =>
  (await server.call(getServiceId, server.ownerToken, { params: { id }, query })).output.activity;

describe('the activity of an identity', () => {
  it('counts each login by a key, for the key and for whom it is, and tells when the last was', async () => {
    await using server = await startTestServer();
    const { id, keyId, secret } = await newServiceId(server);
    expect(await ofKey(server, keyId)).toEqual({ authn_count: 0 });
    await logIn(server, secret);
    await logIn(server, secret, BX);
    await server.loginCounts.flush();
    server.clock.advance(60_000);
    await logIn(server, secret);
    expect(await ofKey(server, keyId)).toMatchObject({ authn_count: 2 });
    await server.loginCounts.flush();
    const last_authn = formatInstant(server.clock.now());
    for (const activity of [await ofKey(server, keyId), await ofServiceId(server, id)]) {
      expect(activity).toEqual({ authn_count: 3, last_authn });
    }
  });

  it('counts neither refusals nor refreshes, and a profile when it is assumed, not the key behind it', async () => {
    await using server = await startTestServer();
    const { id, iamId, keyId, secret } = await newServiceId(server);
    const { output: profile } = await server.call(createProfile, server.ownerToken, {
      body: { name: 'release', account_id: server.account.accountId },
    });
    await server.call(addProfileIdentity, server.ownerToken, {
      params: { id: profile.id, type: 'serviceid' },
      body: { identifier: iamId, type: 'serviceid' },
    });
    const session = await logIn(server, secret, BX);
    await ask(server, { grant_type: 'refresh_token', refresh_token: session.refresh_token }, { client: BX });
    expect(await codeOf(logIn(server, `${secret}x`))).toBe('API_KEY_NOT_FOUND');
    await ask(server, { grant_type: ASSUME_GRANT, access_token: session.access_token, profile_id: profile.id });
    await server.loginCounts.flush();
    expect([await ofKey(server, keyId), await ofServiceId(server, id)]).toMatchObject([{ authn_count: 1 }, { authn_count: 1 }]);
    const { output } = await server.call(getProfile, server.ownerToken, { params: { id: profile.id }, query });
    expect(output.activity).toMatchObject({ authn_count: 1 });
  });

  it('is shown where it is asked for, in lists too, and nowhere else', async () => {
    await using server = await startTestServer();
    const { id, keyId } = await newServiceId(server);
    const plain = await server.call(getApiKey, server.ownerToken, { params: { id: keyId }, query: {} });
    expect(plain.output).not.toHaveProperty('activity');
    const keys = await server.call(listApiKeys, server.ownerToken, { query: { ...query, scope: 'account' } });
    expect(keys.output.apikeys.map(({ activity }) => typeof activity?.authn_count)).toEqual(['number', 'number']);
    const services = await server.call(listServiceIds, server.ownerToken, { query });
    expect(services.output.serviceids).toMatchObject([{ id, activity: { authn_count: 0 } }]);
    const profiles = await server.call(listProfiles, server.ownerToken, { query: {} });
    expect(profiles.output.profiles).toEqual([]);
  });

  it('changes neither the entity tag nor what is cached', async () => {
    await using server = await startTestServer();
    const { keyId, secret } = await newServiceId(server);
    const tag = async () => (await server.call(getApiKey, server.ownerToken, { params: { id: keyId }, query })).output.entity_tag;
    const [before, generation] = [await tag(), server.store.generation('iam')];
    await logIn(server, secret);
    await server.loginCounts.flush();
    expect([await tag(), server.store.generation('iam')]).toEqual([before, generation]);
  });

  it('is added up over replicas, and the latest of them counts', async () => {
    await using server = await startTestServer();
    const { id: serviceId, iamId, keyId } = await newServiceId(server);
    const fail = (error: unknown) => {
      throw error;
    };
    const [one, two] = [createLoginCounts(server.store, fail), createLoginCounts(server.store, fail)];
    one.add(server.account.accountId, [iamId, keyId], 5000);
    two.add(server.account.accountId, [iamId, keyId], 4000);
    two.add(server.account.accountId, [iamId], 3000);
    await Promise.all([one.flush(), two.flush()]);
    expect(await ofServiceId(server, serviceId)).toEqual({ authn_count: 3, last_authn: '1970-01-01T00:00:05Z' });
    expect(await ofKey(server, keyId)).toEqual({ authn_count: 2, last_authn: '1970-01-01T00:00:05Z' });
  });

  it('ends with the key, and an id of another account is not counted', async () => {
    await using server = await startTestServer();
    const { keyId } = await newServiceId(server);
    const stranger = { accountId: 'another', id: keyId, times: 7, lastAt: 1 };
    await server.store.change([], (tx) => addAuthentications(tx, [stranger]));
    expect(await ofKey(server, keyId)).toEqual({ authn_count: 0 });
    const own = { ...stranger, accountId: server.account.accountId };
    await server.call(deleteApiKey, server.ownerToken, { params: { id: keyId } });
    await server.store.change([], (tx) => addAuthentications(tx, [own]));
    const made = await server.call(createApiKey, server.ownerToken, { body: { name: 'new' } });
    expect(await ofKey(server, made.output.id)).toEqual({ authn_count: 0 });
  });
});

describe('counting', () => {
  it('waits on where it cannot be written, and is written once when it can', async () => {
    await using server = await startTestServer();
    const { iamId, id } = await newServiceId(server);
    let isDown = true;
    const change: TestServer['store']['change'] = (...of) =>
      isDown ? Promise.reject(new Error('down')) : server.store.change(...of);
    const failures: unknown[] = [];
    const counts = createLoginCounts({ ...server.store, change }, (error) => failures.push(error));
    counts.add(server.account.accountId, [iamId], 1000);
    await expect(counts.flush()).rejects.toThrow('down');
    counts.add(server.account.accountId, [iamId], 2000);
    await counts.stop();
    expect(failures).toHaveLength(1);
    isDown = false;
    await Promise.all([counts.flush(), counts.stop()]);
    expect(await ofServiceId(server, id)).toEqual({ authn_count: 2, last_authn: '1970-01-01T00:00:02Z' });
  });
});
