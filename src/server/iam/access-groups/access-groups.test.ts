import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers } from '../../../contract/access-groups/add-members.ts';
import { createAccessGroup } from '../../../contract/access-groups/create.ts';
import { deleteAccessGroup } from '../../../contract/access-groups/delete.ts';
import { getAccessGroup } from '../../../contract/access-groups/get.ts';
import { listAccessGroups } from '../../../contract/access-groups/list.ts';
import { ACCESS_GROUP_RULES } from '../../../contract/access-groups/rules.ts';
import { ACCESS_GROUP_SETTINGS } from '../../../contract/access-groups/settings.ts';
import { updateAccessGroup } from '../../../contract/access-groups/update.ts';
import { policiesOfSubject } from '../../../store/iam/policies.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { grantToGroup } from './testkit/group-policy.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const make = async (name: string, token = server.ownerToken, on = server) =>
  (await on.call(createAccessGroup, token, { query: {}, body: { name } })).output;
const tagOf = async (id: string) =>
  (await server.call(getAccessGroup, server.ownerToken, { params: { id }, query: {} })).headers?.ETag ?? '';
const update = (id: string, tag: string, body: object, token = server.ownerToken) =>
  server.call(updateAccessGroup, token, { params: { id }, headers: { 'if-match': tag }, body });

describe('the name of a group', () => {
  test('is unique in its account, compared exactly', async () => {
    const { id } = await make('Operators');
    await expect(make('Operators')).rejects.toMatchObject({ code: 'NAME_TAKEN', target: { name: 'name' } });
    // Another case, another composition of the same letter: other names.
    for (const name of ['operators', 'Ope\u0301rators', 'Op\u00e9rators', 'Operators\u200b']) await make(name);
    const other = await server.addAccount();
    await make('Operators', other.token);
    const second = await make('second');
    await expect(update(second.id, '*', { name: 'Operators' })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect((await update(id, '*', { name: 'Operators' })).output.name).toBe('Operators');
  });

  test.each(['', ' a', 'a ', '\ta', 'a\u00a0', '\ufeffa', 'a\u2003', 'a\nb', 'a\u0000b', 'x'.repeat(101)])(
    'is not %j',
    async (name) => {
      await expect(make(name)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'name' } });
    },
  );

  test('asked for by two at once is given to one', async () => {
    const both = await Promise.allSettled([make('race'), make('race')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'NAME_TAKEN' } });
  });
});

test('of two updates with one entity tag, one wins', async () => {
  const { id } = await make('tagged');
  const tag = await tagOf(id);
  const both = await Promise.allSettled(['tagged a', 'tagged b'].map((name) => update(id, tag, { name })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ENTITY_TAG' } });
  expect(await tagOf(id)).not.toBe(tag);
});

test('a list is paged by offset and limit, with links to every page that there is', async () => {
  await using own = await startTestServer();
  for (const name of ['c', 'a', 'e', 'b', 'd']) await make(name, own.ownerToken, own);
  const list = async (query: object) => (await own.call(listAccessGroups, own.ownerToken, { query })).output;
  const account_id = own.account.accountId;
  const first = await list({ limit: 2, account_id });
  expect(first).toMatchObject({ limit: 2, offset: 0, total_count: 5, groups: [{ name: 'a' }, { name: 'b' }] });
  expect(first.previous).toBeUndefined();
  const offsetOf = (link: { href: string } | undefined) => new URL(link?.href ?? '').searchParams.get('offset');
  expect([first.first, first.next, first.last].map(offsetOf)).toEqual(['0', '2', '4']);
  expect(new URL(first.next?.href ?? '').searchParams.get('account_id')).toBe(account_id);
  const last = await list({ limit: 2, offset: 4 });
  expect(last.groups.map(({ name }) => name)).toEqual(['e']);
  expect([last.next, offsetOf(last.previous)]).toEqual([undefined, '2']);
  expect((await list({ sort: '-name' })).groups.map(({ name }) => name)).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect((await list({ search: 'name:C' })).groups).toMatchObject([{ name: 'c' }]);
  expect(await list({ search: 'name:none' })).toMatchObject({ total_count: 0, groups: [] });
  const shown = (await list({ search: 'name:a', show_federated: true, show_crn: true })).groups;
  expect(shown).toMatchObject([{ is_federated: false, crn: expect.stringContaining(':iam-groups:') }]);
});

test('each sees the groups that a policy lets him see, and no other account any', async () => {
  await using own = await startTestServer();
  const seen = await make('seen', own.ownerToken, own);
  await make('hidden', own.ownerToken, own);
  const person = await addPerson(own, 'viewer');
  const list = async (token: string) => (await own.call(listAccessGroups, token, { query: {} })).output;
  expect(await list(person.token)).toMatchObject({ total_count: 0, groups: [] });
  const attributes = [{ name: 'resource', value: seen.id } as const];
  await grant(own, { iamId: person.iamId, roles: [`${PLATFORM}Viewer`], service: 'iam-groups', attributes });
  expect(await list(person.token)).toMatchObject({ total_count: 1, groups: [{ id: seen.id }] });
  await expect(make('mine', person.token, own)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  const other = await own.addAccount();
  expect(await list(other.token)).toMatchObject({ total_count: 0 });
  const params = { id: seen.id };
  await expect(own.call(getAccessGroup, other.token, { params, query: {} })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await expect(own.call(deleteAccessGroup, other.token, { params, query: {} })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  const query = { account_id: own.account.accountId };
  await expect(own.call(listAccessGroups, other.token, { query })).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
});

test('a group with members is deleted only by force, and its policies go with it', async () => {
  const { id } = await make('to be deleted');
  const person = await addPerson(server, 'member');
  await grantToGroup(server, id, [`${PLATFORM}Administrator`], 'kms');
  await server.call(addMembers, server.ownerToken, {
    params: { id },
    body: { members: [{ iam_id: person.iamId, type: 'service' }] },
  });
  const remove = (query: object) => server.call(deleteAccessGroup, server.ownerToken, { params: { id }, query });
  await expect(remove({})).rejects.toMatchObject({ code: 'GROUP_HAS_MEMBERS' });
  await expect(remove({ force: false })).rejects.toMatchObject({ code: 'GROUP_HAS_MEMBERS' });
  const kms = { serviceName: 'kms', accountId: server.account.accountId };
  const may = async () => (await server.decide(await server.authenticate(person.token), 'iam.policy.create', kms)).allowed;
  expect(await may()).toBe(true);
  await remove({ force: true });
  expect(await may()).toBe(false);
  expect(await policiesOfSubject(server.store.db, server.account.accountId, id)).toEqual([]);
  await expect(remove({ force: true })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test.each([...ACCESS_GROUP_RULES, ...ACCESS_GROUP_SETTINGS].map((operation) => [operation.name, operation] as const))(
  '%s says that it is not supported, to whoever manages groups',
  async (_name, operation) => {
    await expect(server.call(operation, server.ownerToken, {})).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    const person = await addPerson(server, 'nobody');
    await expect(server.call(operation, person.token, {})).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  },
);

test('what is done to groups and members is on record', async () => {
  await using own = await startTestServer();
  const { id } = await make('logged', own.ownerToken, own);
  const person = await addPerson(own, 'logged');
  const members = [{ iam_id: person.iamId, type: 'service' as const }];
  await own.call(addMembers, own.ownerToken, { params: { id }, body: { members } });
  await own.call(updateAccessGroup, own.ownerToken, { params: { id }, headers: { 'if-match': '*' }, body: { name: 'renamed' } });
  await own.call(deleteAccessGroup, own.ownerToken, { params: { id }, query: { force: true } });
  const records = await own.auditRecords();
  for (const action of ['group.create', 'group.update', 'group.delete', 'member.add']) {
    expect(records).toContainEqual(
      expect.objectContaining({ action: `iam-groups.${action}`, responseData: expect.objectContaining({ groupId: id }) }),
    );
  }
  const added = records.find(({ action }) => action === 'iam-groups.member.add');
  expect(added).toMatchObject({ requestData: { members: [person.iamId] } });
});
