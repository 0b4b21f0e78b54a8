import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize as authorizeOperation } from '../../../contract/decisions/authorize.ts';
import { explainDecision } from '../../../contract/decisions/explain.ts';
import type { AskedResource } from '../../../contract/decisions/question.ts';
import { authorizedRoles } from '../../../contract/decisions/roles.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { createKeyRing } from '../../../contract/key-rings/create.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import { addCluster, type TestCluster } from '../../testkit/clusters.ts';
import { addPerson, authorize, grant, PLATFORM, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const RING = 'payments';

let server: TestServer;
let http: FastifyInstance;
let accountId: string;
let instance: string;
let key: string;
let reader: TestPerson;
let readerPolicy: string;
let administrator: TestPerson;
let nobody: TestPerson;
let cluster: TestCluster;
beforeAll(async () => {
  server = await startTestServer();
  http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log: createLog({ level: 'fatal' }) });
  accountId = server.account.accountId;
  const owner = server.ownerToken;
  const body = { name: 'kp', target: 'us-south', resource_group: server.account.resourceGroupId, resource_plan_id: PLAN };
  instance = (await server.call(createInstance, owner, { body })).output.guid;
  const headers = { 'bluemix-instance': instance };
  await server.call(createKeyRing, owner, { params: { id: RING }, headers });
  const made = await server.call(createKey, owner, {
    headers: { ...headers, 'x-kms-key-ring': RING },
    body: {
      metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
      resources: [{ type: KEY_TYPE, name: 'a key', extractable: false }],
    },
  });
  key = made.output.resources[0]?.id ?? '';
  reader = await addPerson(server, 'reader');
  readerPolicy = await grant(server, {
    iamId: reader.iamId,
    roles: [`${SERVICE}Reader`],
    service: 'kms',
    attributes: [{ name: 'keyRing', value: RING }],
  });
  administrator = await addPerson(server, 'administrator');
  await grant(server, { iamId: administrator.iamId, roles: [`${PLATFORM}Administrator`], service: 'kms' });
  nobody = await addPerson(server, 'nobody');
  cluster = await addCluster(server, 'c1');
  await authorize(server, { roles: [`${SERVICE}Reader`], service: 'kms' });
});
afterAll(async () => {
  await http.close();
  await server[Symbol.asyncDispose]();
});

const crnOf = (type = '', id = '', account = accountId): string =>
  `crn:v1:bluemix:public:kms:us-south:a/${account}:${instance}:${type}:${id}`;
const keyCrn = (): string => crnOf('key', key);

async function ask(token: string, id: string, action: string, resource: AskedResource, given?: string) {
  const attributes = { id, scope: 'ibm openid', ...(given !== undefined && { accountId: given }) };
  const { output } = await server.call(authorizeOperation, token, {
    body: [{ subject: { attributes }, action, resource, environment: {}, requestId: 'r1' }],
  });
  const [answer] = output.responses;
  if (!answer) throw new Error('there is no answer');
  return answer;
}

describe('POST /v2/authz', () => {
  test('answers an array of questions in the published shape', async () => {
    const question = (action: string) => ({
      subject: { attributes: { id: reader.iamId, scope: 'ibm openid' } },
      action,
      resource: { crn: keyCrn() },
      environment: {},
      requestId: action,
    });
    const reply = await http.inject({
      method: 'POST',
      url: '/v2/authz',
      headers: { authorization: `Bearer ${reader.token}`, accept: 'application/vnd.authz.v2+json' },
      payload: [question('kms.secrets.wrap'), question('kms.secrets.create')],
    });
    expect(reply.statusCode).toBe(200);
    const answer = (action: string, permitted: boolean) => ({
      status: '200',
      requestId: action,
      subjectId: reader.iamId,
      authorizationDecision: {
        permitted,
        obligation: {
          actions: [action],
          environment: {},
          maxCacheAgeInSeconds: 2,
          subject: { attributes: { id: reader.iamId } },
        },
      },
    });
    expect(reply.json()).toEqual({ responses: [answer('kms.secrets.wrap', true), answer('kms.secrets.create', false)] });
  });

  test("finds a key's ring and its instance's resource group by itself, from a CRN and from attributes", async () => {
    const ringless = { serviceName: 'kms', accountId, serviceInstance: instance, resourceType: 'key', resource: key };
    expect((await ask(reader.token, reader.iamId, 'kms.secrets.wrap', { crn: keyCrn() })).authorizationDecision.permitted).toBe(
      true,
    );
    for (const attributes of [ringless, { ...ringless, keyRing: 'default', resourceGroupId: 'said' }]) {
      const answer = await ask(reader.token, reader.iamId, 'kms.secrets.wrap', { attributes });
      expect(answer.authorizationDecision.permitted).toBe(true);
    }
    const byGroup = await addPerson(server, 'by group');
    const attributes = [{ name: 'resourceGroupId', value: server.account.resourceGroupId }];
    await grant(server, { iamId: byGroup.iamId, roles: [`${SERVICE}Reader`], service: 'kms', attributes });
    expect((await ask(byGroup.token, byGroup.iamId, 'kms.secrets.wrap', { crn: keyCrn() })).authorizationDecision.permitted).toBe(
      true,
    );
  });

  test('tells about others only whoever may read policies on the resource; anybody else gets 403 for that question', async () => {
    const permitted = { status: '200', authorizationDecision: { permitted: true } };
    expect(await ask(administrator.token, reader.iamId, 'kms.secrets.wrap', { crn: keyCrn() })).toMatchObject(permitted);
    for (const token of [nobody.token, cluster.pluginToken]) {
      const answer = await ask(token, reader.iamId, 'kms.secrets.wrap', { crn: keyCrn() });
      expect(answer).toEqual({
        status: '403',
        requestId: 'r1',
        subjectId: reader.iamId,
        authorizationDecision: { permitted: false },
      });
    }
    // An Administrator of kms is told nothing about anything else.
    const elsewhere = { attributes: { serviceName: 'containers-kubernetes', accountId } };
    expect((await ask(administrator.token, reader.iamId, 'containers-kubernetes.cluster.read', elsewhere)).status).toBe('403');
  });

  test('explains to those who may read policies, and to nobody else', async () => {
    const explained = await ask(administrator.token, reader.iamId, 'kms.secrets.wrap', { crn: keyCrn() });
    expect(explained.explanation).toEqual({
      policy_id: readerPolicy,
      roles: [`${SERVICE}Reader`],
      held_by: reader.iamId,
    });
    const denied = await ask(administrator.token, nobody.iamId, 'kms.secrets.wrap', { crn: keyCrn() });
    expect(denied.explanation).toEqual({
      reason: `no access policy of ${nobody.iamId} carries kms.secrets.wrap on this target`,
    });
    const self = await ask(reader.token, reader.iamId, 'kms.secrets.wrap', { crn: keyCrn() });
    expect(self).not.toHaveProperty('explanation');
  });

  test('says nothing about another account: neither of its resources, nor of its identities', async () => {
    const other = await server.addAccount();
    const ownerOfOther = await server.authenticate(other.token);
    const wrap = 'kms.secrets.wrap';
    const there = { attributes: { serviceName: 'kms', accountId: other.accountId } };
    // The owner here asks about the owner there, on what is there.
    expect((await ask(server.ownerToken, ownerOfOther.iamId, wrap, there)).status).toBe('403');
    // One's own rights there are none, whatever there is.
    for (const crn of [keyCrn(), crnOf('key', randomUUID()), crnOf('', '')]) {
      const answer = await ask(other.token, ownerOfOther.iamId, wrap, { crn });
      expect(answer).toMatchObject({ status: '200', authorizationDecision: { permitted: false } });
      expect(answer).not.toHaveProperty('explanation');
      expect((await ask(other.token, reader.iamId, wrap, { crn })).status).toBe('403');
    }
    // Whoever is not of this account is nobody here, with or without the name of another one.
    for (const given of [undefined, other.accountId]) {
      const answer = await ask(server.ownerToken, ownerOfOther.iamId, wrap, { crn: keyCrn() }, given);
      expect(answer).toMatchObject({ status: '200', authorizationDecision: { permitted: false } });
    }
    // Nor is the caller itself, as of another account.
    expect(await ask(reader.token, reader.iamId, wrap, { crn: keyCrn() }, other.accountId)).toMatchObject({ status: '403' });
  });

  test('knows clusters by their CRN, and a cluster may ask about itself', async () => {
    const id = `crn-${cluster.crn}`;
    const permits = async (token: string, action: string) =>
      (await ask(token, id, action, { crn: keyCrn() })).authorizationDecision.permitted;
    expect(await permits(administrator.token, 'kms.secrets.wrap')).toBe(true);
    expect(await permits(administrator.token, 'kms.registrations.create')).toBe(true);
    expect(await permits(administrator.token, 'kms.secrets.create')).toBe(false);
    expect(await permits(cluster.pluginToken, 'kms.secrets.wrap')).toBe(true);
    // What the server does as the cluster, its plugin does not.
    expect(await permits(cluster.pluginToken, 'kms.registrations.create')).toBe(false);
    const unknown = id.replace('c1', 'c2');
    expect((await ask(administrator.token, unknown, 'kms.secrets.wrap', { crn: keyCrn() })).authorizationDecision.permitted).toBe(
      false,
    );
  });

  test('tells nobody which clusters there are in another account', async () => {
    const other = await server.addAccount();
    const theirs = await addCluster(server, 'theirs', { accountId: other.accountId });
    const crns = [theirs.crn, theirs.crn.replace('theirs', 'nosuch'), theirs.crn.replace('us-south', 'eu-de')];
    const resource = { crn: keyCrn() };
    const answers = async () => {
      const action = 'kms.secrets.wrap';
      const asked = await Promise.all(crns.map((crn) => ask(server.ownerToken, `crn-${crn}`, action, resource)));
      const explained = await Promise.all(
        crns.map((crn) =>
          server.call(explainDecision, server.ownerToken, { query: { subject: `crn-${crn}`, action, resource: keyCrn() } }),
        ),
      );
      const crn = /:a\/.*$/;
      return [...asked, ...explained.map(({ output }) => output)].map((answer) =>
        JSON.stringify(answer).replaceAll(/crn-crn:[^"]*/g, (id) => id.replace(crn, '').replace(/:[^:]*$/, '')),
      );
    };
    expect(new Set((await answers()).slice(0, 3)).size).toBe(1);
    expect(new Set((await answers()).slice(3)).size).toBe(1);
    await authorize(server, { roles: [`${SERVICE}Reader`], service: 'kms', sourceAccount: other.accountId });
    expect(new Set((await answers()).slice(0, 3)).size).toBe(1);
    expect((await answers())[0]).toContain('"permitted":true');
  });

  test('permits no action that there is not, nobody who is not there, and knows the prefix of hs-crypto there only', async () => {
    const owner = await server.authenticate(server.ownerToken);
    const permits = async (id: string, action: string, crn: string) =>
      (await ask(server.ownerToken, id, action, { crn })).authorizationDecision.permitted;
    expect(await permits(owner.iamId, 'kms.secrets.wrap', keyCrn())).toBe(true);
    expect(await permits(owner.iamId, 'kms.secrets.everything', keyCrn())).toBe(false);
    expect(await permits(owner.iamId, 'KMS.secrets.wrap', keyCrn())).toBe(false);
    expect(await permits(owner.iamId, 'toString', keyCrn())).toBe(false);
    expect(await permits(`iam-ServiceId-${randomUUID()}`, 'kms.secrets.wrap', keyCrn())).toBe(false);
    expect(await permits(owner.iamId.toLowerCase(), 'kms.secrets.wrap', keyCrn())).toBe(false);
    const hpcs = crnOf().replace(':kms:', ':hs-crypto:');
    expect(await permits(owner.iamId, 'hs-crypto.secrets.wrap', hpcs)).toBe(true);
    expect(await permits(owner.iamId, 'hs-crypto.secrets.wrap', keyCrn())).toBe(false);
  });

  test.each([
    ['neither CRN nor attributes', {}],
    ['both', { crn: 'crn:v1:bluemix:public:kms::a/1:::', attributes: { serviceName: 'kms', accountId: '1' } }],
    ['no CRN', { crn: 'crn:v1:bluemix' }],
    ['a CRN without account', { crn: 'crn:v1:bluemix:public:kms:us-south::i1::' }],
  ])('refuses a question whose resource is %s', async (_what, resource) => {
    const asked = ask(server.ownerToken, nobody.iamId, 'kms.secrets.wrap', resource);
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'resource' } });
  });

  test('refuses whoever is not logged in', async () => {
    const reply = await http.inject({ method: 'POST', url: '/v2/authz', payload: [] });
    expect(reply.statusCode).toBe(401);
  });
});

describe('POST /v2/authz/roles', () => {
  const rolesOf = async (token: string, id: string, crn: string) => {
    const { output } = await server.call(authorizedRoles, token, {
      body: [{ subject: { attributes: { id } }, resource: { crn }, requestId: 'r1' }],
    });
    return output.responses[0];
  };

  test('lists the roles that a subject has there, and what each lets it do', async () => {
    const answer = await rolesOf(reader.token, reader.iamId, keyCrn());
    expect(answer).toMatchObject({ status: '200', requestId: 'r1', subjectId: reader.iamId });
    expect(answer?.roleActions.map(({ role }) => role)).toEqual([{ crn: `${SERVICE}Reader`, displayName: 'Reader' }]);
    const actions = answer?.roleActions[0]?.actions.map(({ action }) => action);
    expect(actions).toContain('kms.secrets.unwrap');
    expect(actions).not.toContain('kms.secrets.create');
    // On the instance a grant on a ring is none.
    expect((await rolesOf(reader.token, reader.iamId, crnOf()))?.roleActions).toEqual([]);
  });

  test('lists for a cluster only what a cluster does', async () => {
    const answer = await rolesOf(cluster.pluginToken, `crn-${cluster.crn}`, keyCrn());
    expect(answer?.roleActions).toEqual([
      {
        role: { crn: `${SERVICE}Reader`, displayName: 'Reader' },
        actions: ['kms.secrets.readmetadata', 'kms.secrets.wrap', 'kms.secrets.unwrap'].map((action) => ({ action })),
      },
    ]);
  });

  test('gives the owner every role, and tells nobody of others who may not read policies', async () => {
    const owner = await server.authenticate(server.ownerToken);
    const names = (await rolesOf(server.ownerToken, owner.iamId, keyCrn()))?.roleActions.map(({ role }) => role.displayName);
    expect(names).toEqual(expect.arrayContaining(['Viewer', 'Administrator', 'Manager', 'KeyPurge']));
    expect(await rolesOf(nobody.token, reader.iamId, keyCrn())).toEqual({
      status: '403',
      requestId: 'r1',
      subjectId: reader.iamId,
      roleActions: [],
    });
  });
});

describe('iam explain', () => {
  const explain = async (token: string, query: { subject?: string; action: string; resource: string }) =>
    (await server.call(explainDecision, token, { query })).output;

  test('names the policy that allows, with its roles and what the CRN stands for', async () => {
    const query = { subject: reader.iamId, action: 'kms.secrets.wrap', resource: keyCrn() };
    expect(await explain(administrator.token, query)).toEqual({
      allowed: true,
      subject: reader.iamId,
      action: 'kms.secrets.wrap',
      resource: {
        serviceName: 'kms',
        serviceType: 'service',
        accountId,
        region: 'us-south',
        resourceGroupId: server.account.resourceGroupId,
        serviceInstance: instance,
        keyRing: RING,
        resourceType: 'key',
        resource: key,
      },
      explanation: { policy_id: readerPolicy, roles: [`${SERVICE}Reader`], held_by: reader.iamId },
      carried_by: ['Reader', 'ReaderPlus', 'Writer', 'Manager'],
      elsewhere: [],
    });
  });

  test('says why not, which roles would do, and which policies nearly do', async () => {
    const query = { subject: reader.iamId, action: 'kms.secrets.list', resource: crnOf() };
    expect(await explain(administrator.token, query)).toMatchObject({
      allowed: false,
      explanation: { reason: `no access policy of ${reader.iamId} carries kms.secrets.list on this target` },
      carried_by: ['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KmipAdapterManager'],
      elsewhere: [{ policy_id: readerPolicy, because_of: ['keyRing'] }],
    });
  });

  test('names the built-in rule where no policy decides', async () => {
    expect(await explain(server.ownerToken, { action: 'kms.secrets.wrap', resource: keyCrn() })).toMatchObject({
      allowed: true,
      explanation: { rule: 'account-owner' },
    });
  });

  test('is for those who may read policies on the resource', async () => {
    const query = { subject: reader.iamId, action: 'kms.secrets.wrap', resource: keyCrn() };
    for (const token of [nobody.token, reader.token, (await server.addAccount()).token]) {
      await expect(explain(token, query)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    }
    const unknown = { ...query, subject: 'IBMid-none' };
    await expect(explain(nobody.token, unknown)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(explain(administrator.token, unknown)).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
    await expect(explain(administrator.token, { ...query, action: 'kms.fly' })).rejects.toMatchObject({ code: 'INVALID_QUERY' });
    await expect(explain(administrator.token, { ...query, resource: 'the key' })).rejects.toMatchObject({
      code: 'INVALID_QUERY',
    });
  });
});

test('the audit record of a refusal has the reason, which the caller is not told', async () => {
  const query = { subject: reader.iamId, action: 'kms.secrets.wrap', resource: keyCrn() };
  const refused = server.call(explainDecision, nobody.token, { query });
  await expect(refused).rejects.toMatchObject({ code: 'ACTION_DENIED', message: expect.not.stringContaining(nobody.iamId) });
  const records = await server.auditRecords();
  const last = records.filter(({ action }) => action === 'iam-am.decision.explain').at(-1);
  expect(last).toMatchObject({
    outcome: 'failure',
    reason: { reasonForFailure: `no access policy of ${nobody.iamId} carries iam.policy.read on this target` },
  });
});
