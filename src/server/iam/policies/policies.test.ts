import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION_DELEGATOR } from '../../../contract/actions.ts';
import { createPolicy } from '../../../contract/policies/create.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { getPolicy } from '../../../contract/policies/get.ts';
import { listPolicies } from '../../../contract/policies/list.ts';
import type { PolicyRequest } from '../../../contract/policies/policy.ts';
import { addPerson, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
let accountId: string;
/** Administrator and Reader on kms, nothing else. */
let admin: TestPerson;
let reader: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
  admin = await addPerson(server, 'admin');
  reader = await addPerson(server, 'reader');
  await grant(server, { iamId: admin.iamId, roles: [`${PLATFORM}Administrator`, `${SERVICE}Reader`], service: 'kms' });
  await grant(server, { iamId: reader.iamId, roles: [`${SERVICE}Reader`], service: 'kms' });
});
afterAll(() => server[Symbol.asyncDispose]());

type Change = Partial<Record<'subject' | 'resource', Record<string, string>>> & { readonly roles?: readonly string[] };

/** The service authorization that the seed document asks for, with changes. An empty value leaves the attribute out. */
function authorization(change: Change = {}): PolicyRequest {
  const attributes = (values: Record<string, string>) =>
    Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));
  return {
    type: 'authorization',
    subjects: [{ attributes: attributes({ serviceName: 'containers-kubernetes', accountId, ...change.subject }) }],
    roles: (change.roles ?? [`${SERVICE}Reader`]).map((role_id) => ({ role_id })),
    resources: [{ attributes: attributes({ serviceName: 'kms', accountId, ...change.resource }) }],
  };
}
const access = (iamId: string, roles: readonly string[], resource: Record<string, string> = {}): PolicyRequest => ({
  ...authorization({ roles, resource }),
  type: 'access',
  subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
});
const create = (body: PolicyRequest, token = server.ownerToken) => server.call(createPolicy, token, { body });

test('the authorization of the seed document comes back as created, with an ETag', async () => {
  const body = authorization({ roles: [`${SERVICE}Reader`, AUTHORIZATION_DELEGATOR], resource: { serviceInstance: 'seed' } });
  const { output: made, headers } = await create({ ...body, description: 'IKS may use Key Protect' });
  expect(headers).toEqual({ ETag: expect.any(String) });
  expect(made).toMatchObject({ type: 'authorization', state: 'active', description: 'IKS may use Key Protect' });
  expect(new Set(made.roles.map((role) => role.display_name))).toEqual(new Set(['Authorization Delegator', 'Reader']));
  const got = await server.call(getPolicy, server.ownerToken, { params: { id: made.id } });
  expect(got.output).toEqual(made);
  expect(got.headers).toEqual(headers);
});

test('the same policy again is a conflict, whatever the order of its parts; a deleted one is not', async () => {
  const body = authorization({ roles: [`${SERVICE}Reader`, `${SERVICE}Writer`], resource: { serviceInstance: 'twice' } });
  const { output } = await create(body);
  const shuffled: PolicyRequest = {
    ...body,
    roles: [...body.roles].reverse(),
    resources: [{ attributes: [...(body.resources[0]?.attributes ?? [])].reverse() }],
  };
  await expect(create(shuffled)).rejects.toMatchObject({ code: 'POLICY_CONFLICT' });
  await server.call(deletePolicy, server.ownerToken, { params: { id: output.id } });
  await create(shuffled);
});

describe('who may create', () => {
  test('Administrator of the target service gives the roles that he holds himself', async () => {
    await create(authorization({ resource: { serviceInstance: 'by-admin' } }), admin.token);
    await create(access(reader.iamId, [`${PLATFORM}Viewer`]), admin.token);
    const delegating = authorization({ roles: [AUTHORIZATION_DELEGATOR], resource: { serviceInstance: 'delegated' } });
    await create(delegating, admin.token);
  });

  test('nobody gives a role above his own, neither to a service nor to a person', async () => {
    for (const role of [`${SERVICE}Writer`, `${SERVICE}Manager`, 'crn:v1:bluemix:public:kms::::serviceRole:KeyPurge']) {
      const denied = { code: 'ACTION_DENIED', message: expect.stringContaining(role) };
      await expect(create(authorization({ roles: [role] }), admin.token)).rejects.toMatchObject(denied);
      await expect(create(access(reader.iamId, [role]), admin.token)).rejects.toMatchObject(denied);
      await expect(create(access(admin.iamId, [role]), admin.token)).rejects.toMatchObject(denied);
    }
  });

  test('a Reader, and an Administrator of another service, create nothing on kms', async () => {
    const other = await addPerson(server, 'other admin');
    await grant(server, { iamId: other.iamId, roles: [`${PLATFORM}Administrator`], service: 'containers-kubernetes' });
    for (const token of [reader.token, other.token]) {
      await expect(create(authorization(), token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    }
  });

  test('an Administrator of one instance cannot reach beyond it by leaving it out or by wildcards', async () => {
    const local = await addPerson(server, 'local admin');
    const attributes = [{ name: 'serviceInstance', value: 'mine' }];
    await grant(server, {
      iamId: local.iamId,
      roles: [`${PLATFORM}Administrator`, `${SERVICE}Reader`],
      service: 'kms',
      attributes,
    });
    await create(authorization({ resource: { serviceInstance: 'mine' } }), local.token);
    await expect(create(authorization(), local.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const wild = authorization();
    wild.resources[0]?.attributes.push({ name: 'serviceInstance', value: 'min?', operator: 'stringMatch' });
    await expect(create(wild, local.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });

  test('whoever administers a pattern cannot widen it, although his pattern matches the text of the wider one', async () => {
    const team = await addPerson(server, 'team admin');
    const attributes = [{ name: 'serviceInstance', value: 'team-?', operator: 'stringMatch' as const }];
    await grant(server, {
      iamId: team.iamId,
      roles: [`${PLATFORM}Administrator`, `${SERVICE}Reader`],
      service: 'kms',
      attributes,
    });
    await create(authorization({ resource: { serviceInstance: 'team-1' } }), team.token);
    const wider = authorization();
    wider.resources[0]?.attributes.push({ name: 'serviceInstance', value: 'team-*', operator: 'stringMatch' });
    await expect(create(wider, team.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });

  test('a policy belongs to the account of its target: no other account is named', async () => {
    const other = await server.addAccount();
    const foreign = authorization({ resource: { accountId: other.accountId } });
    await expect(create(foreign)).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
    await create(authorization({ subject: { accountId: other.accountId } }));
  });
});

test.each([
  ['an unknown role', authorization, { roles: ['crn:v1:bluemix:public:iam::::serviceRole:God'] }, 'ROLE_NOT_FOUND'],
  ['a role of another service', authorization, { roles: ['crn:v1:bluemix:public:is::::serviceRole:Reader'] }, 'ROLE_NOT_FOUND'],
  ['an unknown service', authorization, { resource: { serviceName: 'cos' } }, 'INVALID_FIELD'],
  ['a service named like a property of every object', authorization, { resource: { serviceName: 'toString' } }, 'INVALID_FIELD'],
  ['no target service', authorization, { resource: { serviceName: '' } }, 'INVALID_FIELD'],
  ['no source service', authorization, { subject: { serviceName: '' } }, 'INVALID_FIELD'],
  ['no source account', authorization, { subject: { accountId: '' } }, 'INVALID_FIELD'],
  ['a source condition that no source has', authorization, { subject: { keyRing: 'r' } }, 'INVALID_FIELD'],
  ['an unknown attribute', authorization, { resource: { colour: 'red' } }, 'INVALID_FIELD'],
  [
    'a key ring of clusters',
    authorization,
    { resource: { serviceName: 'containers-kubernetes', keyRing: 'r' } },
    'INVALID_FIELD',
  ],
] as const)('%s is refused by name', async (_what, make, change, code) => {
  await expect(create(make(change as Change))).rejects.toMatchObject({ code });
});

test('delegation is only for services, access only for identities that exist', async () => {
  await expect(create(access(reader.iamId, [AUTHORIZATION_DELEGATOR]))).rejects.toMatchObject({ code: 'ROLE_NOT_FOUND' });
  await expect(create(access('iam-ServiceId-nobody', [`${SERVICE}Reader`]))).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  const other = await server.addAccount();
  await expect(create(access(other.ownerIamId, [`${SERVICE}Reader`]))).rejects.toMatchObject({ code: 'INVALID_FIELD' });
});

test('service and account take no wildcards, and no attribute is given twice', async () => {
  for (const name of ['serviceName', 'accountId']) {
    const wild = authorization();
    wild.subjects[0] = {
      attributes: (wild.subjects[0]?.attributes ?? []).map((entry) =>
        entry.name === name ? { ...entry, value: '*', operator: 'stringMatch' } : entry,
      ),
    };
    await expect(create(wild)).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  }
  const twice = authorization();
  twice.resources[0]?.attributes.push({ name: 'accountId', value: accountId });
  await expect(create(twice)).rejects.toMatchObject({ code: 'INVALID_FIELD' });
});

test('each sees the policies of targets that he administers, and those about himself', async () => {
  const list = async (token: string, query: Record<string, unknown> = {}) =>
    (await server.call(listPolicies, token, { query: { account_id: accountId, ...query } })).output.policies;
  const all = await list(server.ownerToken);
  expect((await list(admin.token)).every((policy) => /"kms"/.test(JSON.stringify(policy.resources)))).toBe(true);
  expect(all.length).toBeGreaterThan((await list(admin.token)).length);
  for (const policy of await list(reader.token)) expect(JSON.stringify(policy.subjects)).toContain(reader.iamId);
  expect((await list(server.ownerToken, { type: 'authorization' })).every(({ type }) => type === 'authorization')).toBe(true);
  expect((await list(server.ownerToken, { iam_id: reader.iamId })).length).toBe((await list(reader.token)).length);
});

test('policies of another account do not exist for its neighbours', async () => {
  const { output } = await create(authorization({ resource: { serviceInstance: 'private' } }));
  const other = await server.addAccount();
  const params = { id: output.id };
  await expect(server.call(getPolicy, other.token, { params })).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
  await expect(server.call(deletePolicy, other.token, { params })).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
  const foreign = { query: { account_id: accountId } };
  await expect(server.call(listPolicies, other.token, foreign)).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
  expect((await server.call(listPolicies, other.token, { query: {} })).output.policies).toEqual([]);
});

test('deleting takes Administrator, works once, and is on record under its published name', async () => {
  const { output } = await create(authorization({ resource: { serviceInstance: 'short-lived' } }));
  const params = { id: output.id };
  await expect(server.call(deletePolicy, reader.token, { params })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  await server.call(deletePolicy, admin.token, { params });
  await expect(server.call(deletePolicy, admin.token, { params })).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
  const records = await server.auditRecords();
  const deletions = records.filter((record) => record.action === 'iam-am.policy.delete').map((record) => record.outcome);
  expect(deletions).toContain('success');
  expect(deletions).toContain('failure');
});
