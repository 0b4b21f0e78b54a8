import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPolicy } from '../../../contract/policies/create.ts';
import { createPolicyV2 } from '../../../contract/policies/create-v2.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { getPolicy } from '../../../contract/policies/get.ts';
import { getPolicyV2 } from '../../../contract/policies/get-v2.ts';
import type { PolicyAttribute, PolicyRequest } from '../../../contract/policies/policy.ts';
import type { PolicyRequestV2 } from '../../../contract/policies/policy-v2.ts';
import { replacePolicy } from '../../../contract/policies/replace.ts';
import { replacePolicyV2 } from '../../../contract/policies/replace-v2.ts';
import { restorePolicy } from '../../../contract/policies/restore.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { lockServiceId } from '../../../contract/service-ids/lock.ts';
import { unlockServiceId } from '../../../contract/service-ids/unlock.ts';
import { insertAccessGroup } from '../../../store/iam/access-groups.ts';
import { insertProfile } from '../../../store/iam/trusted-profiles.ts';
import { addPerson, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
let accountId: string;
/** Administrator and Reader on the instance `mine`, nothing else. */
let local: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
  local = await addPerson(server, 'local');
  await grant(server, {
    iamId: local.iamId,
    roles: [`${PLATFORM}Administrator`, `${SERVICE}Reader`],
    service: 'kms',
    attributes: [{ name: 'serviceInstance', value: 'mine' }],
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const OWN = [{ name: 'serviceInstance', value: 'mine' }] as const;

function policy(roles: readonly string[], resource: readonly PolicyAttribute[] = OWN, iamId?: string): PolicyRequest {
  const account = { name: 'accountId', value: accountId };
  const subject = iamId ? [{ name: 'iam_id', value: iamId }] : [{ name: 'serviceName', value: 'containers-kubernetes' }, account];
  return {
    type: iamId ? 'access' : 'authorization',
    subjects: [{ attributes: subject }],
    roles: roles.map((role_id) => ({ role_id })),
    resources: [{ attributes: [{ name: 'serviceName', value: 'kms' }, account, ...resource] }],
  };
}
const ring = (keyRing: string): PolicyAttribute[] => [...OWN, { name: 'keyRing', value: keyRing }];
const READER = `${SERVICE}Reader`;

async function made(body: PolicyRequest, token = server.ownerToken) {
  const { output, headers } = await server.call(createPolicy, token, { body });
  return { params: { id: output.id }, headers: { 'if-match': headers?.ETag ?? '' } };
}
const etagNow = async (params: { id: string }) =>
  (await server.call(getPolicy, server.ownerToken, { params })).headers?.ETag ?? '';

describe('whoever replaces a policy', () => {
  test('may do so within his rights', async () => {
    const at = await made(policy([READER], ring('a')), local.token);
    const { output } = await server.call(replacePolicy, local.token, { ...at, body: policy([READER], ring('b')) });
    expect(JSON.stringify(output.resources)).toContain('"b"');
  });

  test.each([
    ['a role above his own', () => policy([`${SERVICE}Writer`], ring('c'))],
    ['all instances', () => policy([READER], [{ name: 'keyRing', value: 'c' }])],
    ['a pattern of instances', () => policy([READER], [{ name: 'serviceInstance', value: 'min?', operator: 'stringMatch' }])],
    ['another instance', () => policy([READER], [{ name: 'serviceInstance', value: 'theirs' }])],
  ])('does not get to %s by it', async (_what, wider) => {
    const at = await made(policy([READER], ring(`from-${_what}`)), local.token);
    await expect(server.call(replacePolicy, local.token, { ...at, body: wider() })).rejects.toMatchObject({
      code: 'ACTION_DENIED',
    });
    expect(await etagNow(at.params)).toBe(at.headers['if-match']);
  });

  test('does not touch one about what he does not administer, by bringing it into his reach', async () => {
    const at = await made(policy([READER], [{ name: 'serviceInstance', value: 'theirs' }]));
    const body = policy([READER], ring('stolen'));
    await expect(server.call(replacePolicy, local.token, { ...at, body })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(server.call(deletePolicy, local.token, at)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });

  test('gives himself nothing by what must not exist: all rings are more than no ring', async () => {
    const ringless = await addPerson(server, 'ringless');
    const { output } = await server.call(createPolicyV2, server.ownerToken, {
      body: {
        type: 'access',
        subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: ringless.iamId }] },
        resource: {
          attributes: [
            { key: 'serviceName', operator: 'stringEquals', value: 'kms' },
            { key: 'accountId', operator: 'stringEquals', value: accountId },
            { key: 'keyRing', operator: 'stringExists', value: false },
          ],
        },
        control: { grant: { roles: [{ role_id: `${PLATFORM}Administrator` }, { role_id: READER }] } },
      },
    });
    expect(output.resource.attributes).toContainEqual({ key: 'keyRing', operator: 'stringExists', value: false });
    const body = policy([READER], []);
    await expect(server.call(createPolicy, ringless.token, { body })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });
});

describe('whoever restores a policy', () => {
  test('could create it', async () => {
    const roles = [READER, `${SERVICE}Writer`];
    const at = await made(policy(roles, ring('restored')));
    await server.call(deletePolicy, local.token, at);
    const headers = { 'if-match': await etagNow(at.params) };
    const body = { state: 'active' as const };
    const denied = server.call(restorePolicy, local.token, { params: at.params, headers, body });
    await expect(denied).rejects.toMatchObject({ code: 'ACTION_DENIED', message: expect.stringContaining('Writer') });
    const { output } = await server.call(restorePolicy, server.ownerToken, { params: at.params, headers, body });
    expect(output.state).toBe('active');
  });

  test('does not give rights to somebody who is gone', async () => {
    const gone = await addPerson(server, 'gone');
    const at = await made(policy([READER], OWN, gone.iamId));
    await server.call(deletePolicy, server.ownerToken, at);
    const headers = { 'if-match': await etagNow(at.params) };
    await server.call(deleteServiceId, server.ownerToken, { params: { id: gone.id } });
    const attempt = server.call(restorePolicy, server.ownerToken, { params: at.params, headers, body: { state: 'active' } });
    await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^(INVALID_FIELD|POLICY_NOT_FOUND)$/) });
  });
});

test('a locked service ID keeps exactly the policies that it has', async () => {
  const robot = await addPerson(server, 'robot');
  const kept = await made(policy([READER], OWN, robot.iamId));
  const gone = await made(policy([READER], ring('gone'), robot.iamId));
  await server.call(deletePolicy, server.ownerToken, gone);
  const service = { params: { id: robot.id } };
  await server.call(lockServiceId, server.ownerToken, service);
  const locked = { code: 'ENTITY_LOCKED', message: expect.stringContaining(robot.id) };
  const { call, ownerToken } = server;
  await expect(made(policy([READER], ring('new'), robot.iamId))).rejects.toMatchObject(locked);
  const wider = { ...kept, body: policy([READER], [], robot.iamId) };
  await expect(call(replacePolicy, ownerToken, wider)).rejects.toMatchObject(locked);
  const elsewhere = { ...kept, body: policy([READER], OWN, local.iamId) };
  await expect(call(replacePolicy, ownerToken, elsewhere)).rejects.toMatchObject(locked);
  await expect(call(deletePolicy, ownerToken, { ...kept, query: { force: true } })).rejects.toMatchObject(locked);
  const headers = { 'if-match': await etagNow(gone.params) };
  const restoring = { params: gone.params, headers, body: { state: 'active' as const } };
  await expect(call(restorePolicy, ownerToken, restoring)).rejects.toMatchObject(locked);
  expect(await etagNow(kept.params)).toBe(kept.headers['if-match']);
  await server.call(unlockServiceId, server.ownerToken, service);
  await server.call(deletePolicy, server.ownerToken, kept);
});

test('to a neighbour no policy of this account exists, whatever he tries', async () => {
  const at = await made(policy([READER], ring('private')));
  const { token } = await server.addAccount();
  const missing = { code: 'POLICY_NOT_FOUND' };
  const theirs = (await server.authenticate(token)).accountId;
  const body = JSON.parse(JSON.stringify(policy([READER])).replaceAll(accountId, theirs)) as PolicyRequest;
  const bodyV2: PolicyRequestV2 = {
    type: 'authorization',
    subject: { attributes: (body.subjects[0]?.attributes ?? []).map(inV2) },
    resource: { attributes: (body.resources[0]?.attributes ?? []).map(inV2) },
    control: { grant: { roles: body.roles } },
  };
  await expect(server.call(getPolicy, token, at)).rejects.toMatchObject(missing);
  await expect(server.call(getPolicyV2, token, at)).rejects.toMatchObject(missing);
  await expect(server.call(replacePolicy, token, { ...at, body })).rejects.toMatchObject(missing);
  await expect(server.call(replacePolicyV2, token, { ...at, body: bodyV2 })).rejects.toMatchObject(missing);
  await expect(server.call(restorePolicy, token, { ...at, body: { state: 'active' } })).rejects.toMatchObject(missing);
  await expect(server.call(deletePolicy, token, { ...at, query: { force: true } })).rejects.toMatchObject(missing);
  expect(await etagNow(at.params)).toBe(at.headers['if-match']);
});

const inV2 = ({ name, value }: PolicyAttribute) => ({ key: name, operator: 'stringEquals' as const, value });

describe('the subject of an access policy', () => {
  const record = (id: string) => ({
    id,
    account_id: accountId,
    name: id,
    description: null,
    entity_tag: '1',
    created_at: 0,
    created_by: 'test',
    modified_at: 0,
  });
  const withSubject = (subject: PolicyAttribute[]): PolicyRequest => ({
    ...policy([READER], [], 'somebody'),
    subjects: [{ attributes: subject }],
  });
  const create = (subject: PolicyAttribute[]) => server.call(createPolicy, server.ownerToken, { body: withSubject(subject) });

  test('may be an access group or a trusted profile of the account', async () => {
    await server.store.change(['iam'], async (tx) => {
      await insertAccessGroup(tx, { ...record('AccessGroupId-1'), modified_by: 'test' });
      await insertProfile(tx, { ...record('Profile-1'), iam_id: 'iam-Profile-1' });
    });
    const { output } = await create([{ name: 'access_group_id', value: 'AccessGroupId-1' }]);
    expect(output.subjects).toEqual([{ attributes: [{ name: 'access_group_id', value: 'AccessGroupId-1' }] }]);
    await create([{ name: 'iam_id', value: 'iam-Profile-1' }]);
  });

  test.each([
    [[{ name: 'access_group_id', value: 'AccessGroupId-nobody' }]],
    [[{ name: 'iam_id', value: 'AccessGroupId-1' }]],
    [[{ name: 'access_group_id', value: 'iam-Profile-1' }]],
    [[{ name: 'iam_id', value: 'iam-Profile-nobody' }]],
    [[{ name: 'iam_id', value: 'crn-crn:v1:bluemix:public:is:::::' }]],
    [[{ name: 'iam_id', value: 'iam-*', operator: 'stringMatch' as const }]],
    [[]],
    [
      [
        { name: 'iam_id', value: 'iam-Profile-1' },
        { name: 'access_group_id', value: 'AccessGroupId-1' },
      ],
    ],
  ])('is nobody else: %j', async (subject) => {
    await expect(create(subject)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'subjects' } });
  });
});

test('a source and a resource may be told by resource group alone, access to all services by their kind', async () => {
  const account = { key: 'accountId', operator: 'stringEquals', value: accountId } as const;
  const group = { key: 'resourceGroupId', operator: 'stringEquals', value: 'g1' } as const;
  const create = (body: PolicyRequestV2) => server.call(createPolicyV2, server.ownerToken, { body });
  const kms = { key: 'serviceName', operator: 'stringEquals', value: 'kms' } as const;
  const control = { grant: { roles: [{ role_id: `${PLATFORM}Viewer` }] } };
  const subject = { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: local.iamId }] } as const;
  const me = { attributes: [...subject.attributes] };
  await create({
    type: 'authorization',
    subject: { attributes: [account, group] },
    resource: { attributes: [account, kms] },
    control,
  });
  await create({ type: 'access', subject: me, resource: { attributes: [account, group] }, control });
  const kind = { key: 'serviceType', operator: 'stringEquals', value: 'service' } as const;
  const { output } = await create({ type: 'access', subject: me, resource: { attributes: [account, kind] }, control });
  const shown = await server.call(getPolicyV2, server.ownerToken, { params: { id: output.id }, query: { format: 'display' } });
  const [role] = shown.output.control.grant.roles;
  expect(role?.actions?.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['containers-kubernetes.cluster.read', 'resource-controller.instance.retrieve']),
  );
  // Nobody but who has it all gives it: Administrator of one service does not.
  const wide = { type: 'access', subject: me, resource: { attributes: [account, kind] }, control } as const;
  const attempt = server.call(createPolicyV2, local.token, { body: { ...wide, resource: { attributes: [account, kind] } } });
  await expect(attempt).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  for (const attributes of [
    [account],
    [account, { ...kind, value: 'everything' }],
    [account, { ...group, operator: 'stringExists' as const, value: false }],
  ]) {
    await expect(create({ type: 'access', subject: me, resource: { attributes }, control })).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { name: 'resource' },
    });
  }
});
