import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers } from '../../../contract/access-groups/add-members.ts';
import { createAccessGroup } from '../../../contract/access-groups/create.ts';
import { isMember } from '../../../contract/access-groups/is-member.ts';
import { joinGroups } from '../../../contract/access-groups/join-many.ts';
import { leaveAllGroups } from '../../../contract/access-groups/leave-all.ts';
import { listAccessGroups } from '../../../contract/access-groups/list.ts';
import { listMembers } from '../../../contract/access-groups/list-members.ts';
import type { MemberType } from '../../../contract/access-groups/member.ts';
import { removeMember } from '../../../contract/access-groups/remove-member.ts';
import { removeMembers } from '../../../contract/access-groups/remove-members.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { createProfile } from '../../../contract/trusted-profiles/create.ts';
import { deleteProfile } from '../../../contract/trusted-profiles/delete.ts';
import { groupsOf } from '../../../store/iam/access-groups.ts';
import { addPerson, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser } from '../tokens/testkit/logins.ts';
import { grantToGroup } from './testkit/group-policy.ts';

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await addPerson(server, 'person');
});
afterAll(() => server[Symbol.asyncDispose]());

let made = 0;
const makeGroup = async () => {
  made += 1;
  return (await server.call(createAccessGroup, server.ownerToken, { query: {}, body: { name: `group ${made}` } })).output.id;
};
const add = async (id: string, members: readonly (readonly [string, MemberType])[], token = server.ownerToken) => {
  const body = { members: members.map(([iam_id, type]) => ({ iam_id, type })) };
  return (await server.call(addMembers, token, { params: { id }, body })).output.members;
};
const list = async (id: string, query: object = {}) =>
  (await server.call(listMembers, server.ownerToken, { params: { id }, query })).output;

test('users, service IDs and profiles of the account become members; others are named one by one', async () => {
  const id = await makeGroup();
  const user = await addUser(server, 'GROUPUSER');
  const profile = (await server.call(createProfile, server.ownerToken, { body: { name: 'p' } })).output;
  const other = await server.addAccount();
  const results = await add(id, [
    [user, 'user'],
    [person.iamId, 'service'],
    [profile.iam_id, 'profile'],
    [other.ownerIamId, 'user'],
    ['IBMid-nobody', 'user'],
    [person.iamId, 'user'],
    [person.iamId.toUpperCase(), 'service'],
  ]);
  expect(results.map(({ status_code }) => status_code)).toEqual([200, 200, 200, 404, 404, 404, 404]);
  expect(results[3]).toMatchObject({ errors: [{ code: 'not_found', message: expect.stringContaining('no user') }] });
  expect(results[0]).toMatchObject({ created_by_id: server.account.ownerIamId, trace: expect.any(String) });
  const { members, total_count } = await list(id, { verbose: true });
  expect(total_count).toBe(3);
  expect(members).toContainEqual(
    expect.objectContaining({ iam_id: user, type: 'user', name: 'GROUPUSER Doe', email: 'GROUPUSER@example.com' }),
  );
  expect(members).toContainEqual(expect.objectContaining({ iam_id: person.iamId, type: 'service', name: 'person' }));
  for (const [type, iamId] of [
    ['user', user],
    ['service', person.iamId],
    ['profile', profile.iam_id],
  ] as const) {
    expect((await list(id, { type })).members.map(({ iam_id }) => iam_id)).toEqual([iamId]);
  }
  expect(await list(id, { membership_type: 'dynamic' })).toMatchObject({ total_count: 0, members: [] });
  await server.call(deleteProfile, server.ownerToken, { params: { id: profile.id } });
  expect((await list(id, { type: 'profile' })).members).toEqual([]);
});

test('who is a member already stays as he is', async () => {
  const id = await makeGroup();
  const [first] = await add(id, [[person.iamId, 'service']]);
  server.clock.advance(60_000);
  expect(await add(id, [[person.iamId, 'service']])).toMatchObject([{ status_code: 200, created_at: first?.created_at }]);
  expect((await list(id)).total_count).toBe(1);
});

test('members are paged', async () => {
  const id = await makeGroup();
  const people = await Promise.all(['m1', 'm2', 'm3'].map((name) => addPerson(server, name)));
  await add(
    id,
    people.map(({ iamId }) => [iamId, 'service'] as const),
  );
  const first = await list(id, { limit: 2 });
  expect(first).toMatchObject({ total_count: 3, limit: 2, offset: 0 });
  const offset = Number(new URL(first.next?.href ?? '').searchParams.get('offset'));
  const second = await list(id, { limit: 2, offset });
  expect(second.next).toBeUndefined();
  const seen = [...first.members, ...second.members].map(({ iam_id }) => iam_id);
  expect(seen).toEqual(people.map(({ iamId }) => iamId).sort());
  expect((await list(id, { sort: '-id' })).members.map(({ iam_id }) => iam_id)).toEqual(seen.toReversed());
});

test('a membership is asked for, and ends alone, with several, or with all groups of the member', async () => {
  const id = await makeGroup();
  const others = await Promise.all([makeGroup(), makeGroup()]);
  const params = { id, iam_id: person.iamId };
  const is = () => server.call(isMember, server.ownerToken, { params });
  await expect(is()).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await add(id, [[person.iamId, 'service']]);
  await is();
  await server.call(removeMember, server.ownerToken, { params });
  await expect(server.call(removeMember, server.ownerToken, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  const joined = await server.call(joinGroups, server.ownerToken, {
    params: { iam_id: person.iamId },
    query: {},
    body: { type: 'service', groups: [...others, 'AccessGroupId-none'] },
  });
  expect(joined.output.groups.map(({ status_code }) => status_code)).toEqual([200, 200, 404]);
  await add(id, [[person.iamId, 'service']]);
  const members = [person.iamId, 'IBMid-nobody'];
  const removed = await server.call(removeMembers, server.ownerToken, { params: { id }, body: { members } });
  expect(removed.output).toMatchObject({ access_group_id: id, members: [{ status_code: 204 }, { status_code: 404 }] });
  const mine = await server.call(listAccessGroups, server.ownerToken, { query: { iam_id: person.iamId } });
  expect(mine.output.groups.map((group) => group.id)).toEqual(expect.arrayContaining(others));
  const leave = () => server.call(leaveAllGroups, server.ownerToken, { params: { iam_id: person.iamId }, query: {} });
  expect((await leave()).output.groups).toHaveLength(mine.output.total_count);
  expect(await groupsOf(server.store.db, server.account.accountId, person.iamId)).toEqual([]);
  await expect(leave()).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test('a deleted service ID is in no group', async () => {
  const id = await makeGroup();
  const leaver = await addPerson(server, 'leaver');
  await add(id, [[leaver.iamId, 'service']]);
  await server.call(deleteServiceId, server.ownerToken, { params: { id: leaver.id } });
  expect((await list(id)).total_count).toBe(0);
});

describe('nobody gets more than he has by a group', () => {
  let manager: TestPerson;
  beforeAll(async () => {
    manager = await addPerson(server, 'group manager');
    await grant(server, { iamId: manager.iamId, roles: [`${PLATFORM}Editor`], service: 'iam-groups' });
  });

  test('neither adding himself nor another, nor by the way of many groups', async () => {
    const id = await makeGroup();
    await grantToGroup(server, id, [`${SERVICE}Manager`], 'kms');
    await expect(add(id, [[manager.iamId, 'service']], manager.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(add(id, [[person.iamId, 'service']], manager.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const harmless = await makeGroup();
    const joined = await server.call(joinGroups, manager.token, {
      params: { iam_id: manager.iamId },
      query: {},
      body: { groups: [harmless, id] },
    });
    expect(joined.output.groups.map(({ status_code }) => status_code)).toEqual([200, 403]);
    expect(await groupsOf(server.store.db, server.account.accountId, manager.iamId)).toEqual([harmless]);
    await grant(server, { iamId: manager.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
    expect(await add(id, [[person.iamId, 'service']], manager.token)).toMatchObject([{ status_code: 200 }]);
  });

  test('nor with a role on one group for another', async () => {
    const [own, foreign] = [await makeGroup(), await makeGroup()];
    const narrow = await addPerson(server, 'narrow');
    const attributes = [{ name: 'resource', value: own } as const];
    await grant(server, { iamId: narrow.iamId, roles: [`${PLATFORM}Editor`], service: 'iam-groups', attributes });
    expect(await add(own, [[narrow.iamId, 'service']], narrow.token)).toMatchObject([{ status_code: 200 }]);
    await expect(add(foreign, [[narrow.iamId, 'service']], narrow.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const join = server.call(joinGroups, narrow.token, {
      params: { iam_id: narrow.iamId },
      query: {},
      body: { groups: [own] },
    });
    await expect(join).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });
});
