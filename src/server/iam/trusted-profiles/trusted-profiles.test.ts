import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccessGroup } from '../../../contract/access-groups/create.ts';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { formatCrn } from '../../../contract/crn.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { ASSUME_GRANT } from '../../../contract/tokens/grant.ts';
import { addProfileIdentity } from '../../../contract/trusted-profiles/add-identity.ts';
import { createProfile } from '../../../contract/trusted-profiles/create.ts';
import { deleteProfile } from '../../../contract/trusted-profiles/delete.ts';
import { deleteProfileIdentity } from '../../../contract/trusted-profiles/delete-identity.ts';
import { getProfile } from '../../../contract/trusted-profiles/get.ts';
import { getProfileIdentities } from '../../../contract/trusted-profiles/get-identities.ts';
import { getProfileIdentity } from '../../../contract/trusted-profiles/get-identity.ts';
import { PROFILE_LINKS } from '../../../contract/trusted-profiles/links.ts';
import { listProfiles } from '../../../contract/trusted-profiles/list.ts';
import { setProfileIdentities } from '../../../contract/trusted-profiles/set-identities.ts';
import { updateProfile } from '../../../contract/trusted-profiles/update.ts';
import { groupsOf, insertMember } from '../../../store/iam/access-groups.ts';
import { policiesOfSubject } from '../../../store/iam/policies.ts';
import { addPerson, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { grantToGroup } from '../access-groups/testkit/group-policy.ts';
import { addUser, ask } from '../tokens/testkit/logins.ts';

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await addPerson(server, 'person');
});
afterAll(() => server[Symbol.asyncDispose]());

let made = 0;
const make = async (given?: string, token = server.ownerToken) => {
  made += 1;
  const name = given ?? `profile ${made}`;
  return (await server.call(createProfile, token, { body: { name } })).output;
};
const update = (id: string, tag: string, body: object) =>
  server.call(updateProfile, server.ownerToken, { params: { id }, headers: { 'if-match': tag }, body });
const link = async (id: string, type: 'user' | 'serviceid' | 'crn', identifier: string, token = server.ownerToken, more = {}) =>
  (await server.call(addProfileIdentity, token, { params: { id, type }, body: { identifier, ...more } })).output;
const identities = async (id: string) => (await server.call(getProfileIdentities, server.ownerToken, { params: { id } })).output;
const assume = async (id: string, access_token: string) =>
  (await ask(server, { grant_type: ASSUME_GRANT, access_token, profile_id: id })).access_token;

test('a profile is made, shown, listed, renamed and deleted; its name is unique in the account', async () => {
  const profile = await make('first');
  expect(profile).toMatchObject({ iam_id: `iam-${profile.id}`, entity_tag: expect.stringMatching(/^1-/) });
  expect((await server.call(getProfile, server.ownerToken, { params: { id: profile.iam_id }, query: {} })).output).toEqual(
    profile,
  );
  await expect(make('first')).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  await make('First');
  await expect(make(' first')).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  const other = await server.addAccount();
  await make('first', other.token);
  const both = await Promise.allSettled(['a', 'b'].map((name) => update(profile.id, profile.entity_tag, { name })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ENTITY_TAG' } });
  await expect(update(profile.id, '*', { name: 'First' })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  await expect(update(profile.id, '*', { email: 'a@example.com' })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  const list = async (token: string) => (await server.call(listProfiles, token, { query: { pagesize: 100 } })).output.profiles;
  expect((await list(server.ownerToken)).map(({ id }) => id)).toContain(profile.id);
  expect(await list(person.token)).toEqual([]);
  const params = { id: profile.id };
  await expect(server.call(getProfile, other.token, { params, query: {} })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await expect(server.call(deleteProfile, other.token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await server.call(deleteProfile, server.ownerToken, { params });
  await expect(server.call(deleteProfile, server.ownerToken, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

describe('the identities of a profile', () => {
  test('are users and service IDs of the account and CRNs, and act as it until they are taken away', async () => {
    const { id, iam_id } = await make();
    const user = await addUser(server, 'PROFILEUSER');
    const crn = formatCrn({ service: 'codeengine', location: 'us-south', accountId: server.account.accountId, instance: 'x' });
    expect(await link(id, 'serviceid', person.id, server.ownerToken, { description: 'job' })).toEqual({
      iam_id: person.iamId,
      identifier: person.id,
      type: 'serviceid',
      description: 'job',
    });
    expect(await link(id, 'user', user)).toMatchObject({ iam_id: user, accounts: [server.account.accountId] });
    expect(await link(id, 'crn', crn)).toMatchObject({ iam_id: `crn-${crn}` });
    expect((await identities(id)).identities.map(({ type }) => type)).toEqual(['crn', 'serviceid', 'user']);
    const token = await assume(id, person.token);
    expect(await server.authenticate(token)).toMatchObject({ kind: 'profile', iamId: iam_id });
    const params = { id, type: 'serviceid' as const, identifier: person.iamId };
    expect((await server.call(getProfileIdentity, server.ownerToken, { params })).output.identifier).toBe(person.id);
    await server.call(deleteProfileIdentity, server.ownerToken, { params });
    await expect((async () => server.authenticate(token))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(server.call(deleteProfileIdentity, server.ownerToken, { params })).rejects.toMatchObject({
      code: 'IAM_NOT_FOUND',
    });
    await expect(server.call(getProfileIdentity, server.ownerToken, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  });

  test('are nobody who does not exist or is of another account', async () => {
    const { id } = await make();
    const other = await server.addAccount();
    const wrong = [
      ['user', 'IBMid-nobody'],
      ['user', other.ownerIamId],
      ['user', person.iamId],
      ['serviceid', 'ServiceId-nobody'],
      ['serviceid', person.id.toUpperCase()],
      ['crn', 'no crn'],
      ['crn', formatCrn({ service: 'kms', accountId: other.accountId, instance: 'x' })],
    ] as const;
    for (const [type, identifier] of wrong) {
      await expect(link(id, type, identifier)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'identifier' } });
    }
    const accounts = { accounts: [other.accountId] };
    const far = link(id, 'user', server.account.ownerIamId, server.ownerToken, accounts);
    await expect(far).rejects.toMatchObject({ code: 'NOT_SUPPORTED', target: { name: 'accounts' } });
  });

  test('are set all at once under the entity tag of the profile: of two, one wins', async () => {
    const { id } = await make();
    const set = (tag: string, wanted: readonly object[]) =>
      server.call(setProfileIdentities, server.ownerToken, {
        params: { id },
        headers: { 'if-match': tag },
        body: { identities: wanted as never },
      });
    const { entity_tag: tag } = await identities(id);
    const mine = { type: 'serviceid', identifier: person.iamId };
    const owner = { type: 'user', identifier: server.account.ownerIamId };
    const both = await Promise.allSettled([set(tag, [mine]), set(tag, [owner])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ENTITY_TAG' } });
    await set('*', [mine, owner]);
    expect((await identities(id)).identities).toHaveLength(2);
    await expect(set('*', [mine, { type: 'user', identifier: 'x' }])).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { name: 'identities.1.identifier' },
    });
    await set('*', []);
    expect((await identities(id)).identities).toEqual([]);
  });

  test('go with a service ID that is deleted', async () => {
    const { id } = await make();
    const leaver = await addPerson(server, 'leaver');
    await link(id, 'serviceid', leaver.id);
    await server.call(deleteServiceId, server.ownerToken, { params: { id: leaver.id } });
    expect((await identities(id)).identities).toEqual([]);
  });
});

describe('nobody gets more than he has by a profile', () => {
  test('whoever links identities needs all that the profile may do, also by its access groups', async () => {
    const editor = await addPerson(server, 'profile editor');
    await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Editor`], service: 'iam-identity' });
    const strong = await make();
    await grant(server, { iamId: strong.iam_id, roles: [`${SERVICE}Manager`], service: 'kms' });
    const grouped = await make();
    const { accountId: account_id, ownerIamId: created_by } = server.account;
    const group = await server.call(createAccessGroup, server.ownerToken, { query: {}, body: { name: 'strong group' } });
    await grantToGroup(server, group.output.id, [`${SERVICE}Manager`], 'kms');
    const member = { group_id: group.output.id, iam_id: grouped.iam_id, account_id, created_at: 0, created_by };
    await server.store.change(['iam'], (tx) => insertMember(tx, member));
    for (const { id } of [strong, grouped]) {
      await expect(link(id, 'serviceid', editor.id, editor.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      const set = server.call(setProfileIdentities, editor.token, {
        params: { id },
        headers: { 'if-match': '*' },
        body: { identities: [{ type: 'serviceid', identifier: editor.id }] },
      });
      await expect(set).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      expect((await identities(id)).identities).toEqual([]);
    }
    await link((await make()).id, 'serviceid', editor.id, editor.token);
    await grant(server, { iamId: editor.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
    await link(strong.id, 'serviceid', editor.id, editor.token);
  });

  test('who may make keys gets none of a service ID that acts as a stronger profile, or is in a stronger group', async () => {
    const operator = await addPerson(server, 'key operator');
    await grant(server, { iamId: operator.iamId, roles: [`${PLATFORM}Operator`], service: 'iam-identity' });
    const key = (iamId: string) => server.call(createApiKey, operator.token, { body: { name: 'k', iam_id: iamId } });
    const plain = await addPerson(server, 'plain');
    await key(plain.iamId);
    const { id, iam_id } = await make();
    await grant(server, { iamId: iam_id, roles: [`${SERVICE}Manager`], service: 'kms' });
    await link(id, 'serviceid', plain.id);
    await expect(key(plain.iamId)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const grouped = await addPerson(server, 'grouped');
    const group = await server.call(createAccessGroup, server.ownerToken, { query: {}, body: { name: 'key group' } });
    await grantToGroup(server, group.output.id, [`${SERVICE}Manager`], 'kms');
    const { accountId: account_id, ownerIamId: created_by } = server.account;
    const member = { group_id: group.output.id, iam_id: grouped.iamId, account_id, created_at: 0, created_by };
    await server.store.change(['iam'], (tx) => insertMember(tx, member));
    await expect(key(grouped.iamId)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });

  test('whoever acts as a profile makes no key of it, by which he would act as it for ever', async () => {
    const { id, iam_id } = await make();
    await link(id, 'serviceid', person.id);
    const token = await assume(id, person.token);
    for (const body of [{ name: 'k' }, { name: 'k', iam_id }]) {
      await expect(server.call(createApiKey, token, { body })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    }
    await expect(server.call(createApiKey, server.ownerToken, { body: { name: 'k', iam_id } })).rejects.toMatchObject({
      code: 'IAM_NOT_FOUND',
    });
  });
});

test('a deleted profile leaves no policy, membership, identity or session', async () => {
  const { id, iam_id } = await make();
  await grant(server, { iamId: iam_id, roles: [`${PLATFORM}Viewer`], service: 'kms' });
  await link(id, 'serviceid', person.id);
  const { accountId: account_id, ownerIamId: created_by } = server.account;
  const group = await server.call(createAccessGroup, server.ownerToken, { query: {}, body: { name: 'of the deleted' } });
  const member = { group_id: group.output.id, iam_id, account_id, created_at: 0, created_by };
  await server.store.change(['iam'], (tx) => insertMember(tx, member));
  const token = await assume(id, person.token);
  await server.call(deleteProfile, server.ownerToken, { params: { id } });
  await expect((async () => server.authenticate(token))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await policiesOfSubject(server.store.db, account_id, iam_id)).toEqual([]);
  expect(await groupsOf(server.store.db, account_id, iam_id)).toEqual([]);
  const left = await server.store.db.selectFrom('profile_identities').select('identifier').where('profile_id', '=', id).execute();
  expect(left).toEqual([]);
});

test.each(PROFILE_LINKS.map((operation) => [operation.name, operation] as const))(
  '%s says that it is not supported',
  async (_name, operation) => {
    await expect(server.call(operation, server.ownerToken, {})).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  },
);
