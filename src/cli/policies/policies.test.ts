import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInstance } from '../../contract/instances/create.ts';
import { startTestClusters, type TestClusters } from '../../server/clusters/testkit/test-clusters.ts';
import { createHttp } from '../../server/http.ts';
import { createLog } from '../../server/log.ts';
import { addPerson, type TestPerson } from '../../server/testkit/people.ts';
import type { TestServer } from '../../server/testkit/test-server.ts';
import { insertAccessGroup } from '../../store/iam/access-groups.ts';
import { insertProfile } from '../../store/iam/trusted-profiles.ts';
import { runCli } from '../run.ts';
import { captureIo } from '../testkit/captured-io.ts';

let clusters: TestClusters;
let server: TestServer;
let http: FastifyInstance;
let url: string;
let folder: string;
let accountId: string;
let instance: string;
let job: TestPerson;
beforeAll(async () => {
  clusters = await startTestClusters();
  server = clusters.server;
  accountId = server.account.accountId;
  const log = createLog({ level: 'fatal' });
  http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log });
  await http.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'rootward-cli-policies-'));
  job = await addPerson(server, 'job');
  const { output } = await server.call(createInstance, server.ownerToken, {
    body: {
      name: 'payments-kms',
      target: 'us-south',
      resource_group: server.account.resourceGroupId,
      resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
    },
  });
  instance = output.guid;
  const record = { account_id: accountId, description: null, entity_tag: '1', created_at: 0, created_by: 'test', modified_at: 0 };
  await server.store.change(['iam'], async (tx) => {
    await insertAccessGroup(tx, { ...record, id: 'AccessGroupId-1', name: 'custodians', modified_by: 'test' });
    await insertProfile(tx, { ...record, id: 'Profile-1', name: 'deployments', iam_id: 'iam-Profile-1' });
  });
});
afterAll(async () => {
  await http.close();
  await clusters[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function run(...words: readonly string[]) {
  const io = captureIo({ env: { ROOTWARD_URL: url, ROOTWARD_API_KEY: server.ownerApiKey } });
  const status = await runCli(['iam', ...words], io);
  return { status, out: io.stdout(), err: io.stderr() };
}
interface Side {
  readonly attributes: readonly { readonly key: string; readonly value: string; readonly operator: string }[];
}
interface Printed {
  readonly id: string;
  readonly state: string;
  readonly subject: Side;
  readonly resource: Side;
  readonly control: { readonly grant: { readonly roles: readonly object[] } };
}

/** What the command answers as JSON; the test fails if it fails. */
async function json(...words: readonly string[]): Promise<Printed> {
  const { status, out, err } = await run(...words, '--output', 'JSON');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Printed;
}

describe('service authorizations', () => {
  test('are made by the names of services, roles and instances, with every narrowing flag', async () => {
    const flags = [
      ['--source-service-account', 'f'.repeat(32)],
      ['--source-service-instance-id', 'c1'],
      ['--source-resource-group-id', 'sg'],
      ['--source-region', 'eu-de'],
      ['--source-resource-type', 'cluster'],
      ['--source-resource', 'sr'],
      ['--target-service-instance-name', 'payments-kms'],
      ['--target-resource-group-id', 'tg'],
      ['--target-region', 'us-south'],
      ['--target-key-ring', 'ring'],
      ['--target-resource-type', 'key'],
      ['--target-resource', 'k-*'],
    ].flat();
    const made = await json(
      'authorization-policy-create',
      'containers-kubernetes',
      'kms',
      'reader, Authorization Delegator',
      ...flags,
    );
    const values = (side: Side) =>
      Object.fromEntries(
        side.attributes.map(({ key, value, operator }) => [key, operator === 'stringEquals' ? value : [operator, value]]),
      );
    expect(values(made.subject)).toEqual({
      serviceName: 'containers-kubernetes',
      accountId: 'f'.repeat(32),
      serviceInstance: 'c1',
      resourceGroupId: 'sg',
      region: 'eu-de',
      resourceType: 'cluster',
      resource: 'sr',
    });
    expect(values(made.resource)).toEqual({
      serviceName: 'kms',
      accountId,
      serviceInstance: instance,
      resourceGroupId: 'tg',
      region: 'us-south',
      keyRing: 'ring',
      resourceType: 'key',
      resource: ['stringMatch', 'k-*'],
    });
    expect(made.control.grant.roles).toHaveLength(2);
  });

  test('are listed with what the published command prints and more, filtered by source and target', async () => {
    const { id } = await json('authorization-policy-create', 'server-protect', 'hs-crypto', 'Reader');
    const { out } = await run('authorization-policies', '--source-service', 'server-protect', '--target-service', 'hs-crypto');
    const [head = '', ...rows] = out.trimEnd().split('\n');
    for (const title of [
      'ID',
      'Source service name',
      'Source service instance',
      'Target service name',
      'Target service instance',
      'Roles',
      'Source account',
      'Target account',
      'Type',
    ]) {
      expect(head.toLowerCase()).toContain(title.toLowerCase());
    }
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(
      new RegExp(
        `^${id} +server-protect +All instances +hs-crypto +All instances +Reader +${accountId} +${accountId} +User defined`,
      ),
    );
    expect((await run('authorization-policies', '--target-service', 'iam-identity')).err).toContain('no service authorizations');
    const page = (await run('authorization-policy', id)).out;
    expect(page).toMatch(/Source service name: +server-protect/i);
  });

  test('are made from a file of either version, and deleted, and come back', async () => {
    const file = join(folder, 'authorization.json');
    const attributes = (name: string) => [
      { name: 'serviceName', value: name },
      { name: 'accountId', value: accountId },
      { name: 'region', value: 'eu-gb' },
    ];
    const body = {
      type: 'authorization',
      subjects: [{ attributes: attributes('containers-kubernetes') }],
      roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }],
      resources: [{ attributes: attributes('kms') }],
    };
    writeFileSync(file, JSON.stringify(body));
    const { id } = await json('authorization-policy-create', '--file', file);
    expect(await run('authorization-policy-delete', id, '-f')).toMatchObject({ status: 0 });
    expect(await run('authorization-policy-delete', id)).toMatchObject({
      status: 3,
      err: expect.stringContaining('[POLICY_NOT_FOUND]'),
    });
    expect((await json('authorization-policy', id)).state).toBe('deleted');
    expect((await json('policy-restore', id)).state).toBe('active');
    writeFileSync(file, '{');
    expect(await run('authorization-policy-create', '--file', file)).toMatchObject({
      status: 1,
      err: expect.stringContaining('not JSON'),
    });
    expect(await run('authorization-policy-create', '--file', join(folder, 'none.json'))).toMatchObject({ status: 1 });
  });

  test('name a cluster by its name', async () => {
    const { id } = await clusters.addCluster('vpc1');
    const words = ['authorization-policy-create', 'containers-kubernetes', 'kms', 'Reader'];
    const made = await json(...words, '--source-service-instance-name', 'vpc1');
    expect(made.subject.attributes).toContainEqual({ key: 'serviceInstance', operator: 'stringEquals', value: id });
  });

  test.each([
    [['containers-kubernetes', 'kms'], 'Source, target and roles are needed'],
    [['containers-kubernetes', 'kms', 'Boss'], 'Its roles are'],
    [['containers-kubernetes', 'cos', 'Reader'], 'There is no service cos'],
    [['containers-kubernetes', 'kms', 'Reader', '--target-service-instance-name', 'nope'], 'nope'],
    [['containers-kubernetes', 'kms', 'Reader', '--source-service-instance-name', 'nope'], 'no cluster called nope'],
    [['containers-kubernetes', 'kms', 'Reader', '--file', 'x.json'], 'either --file'],
  ])('say what is wrong with %j', async (words, text) => {
    const { status, err } = await run('authorization-policy-create', ...words);
    expect(status).not.toBe(0);
    expect(err).toContain(text);
  });
});

test('roles of a service, and of one service on another, are a table of names, sentences and CRNs', async () => {
  const { out } = await run('roles', '--source-service', 'containers-kubernetes', '--service', 'kms');
  expect(out).toMatch(/Authorization Delegator +\S.* crn:v1:bluemix:public:iam::::role:AuthorizationDelegator/);
  expect(out).toMatch(/^Reader +/m);
  expect((await run('roles', '--service', 'kms')).out).not.toContain('Delegator');
  expect(await json('roles', '--service', 'kms')).toHaveProperty('service_roles');
});

const SUBJECTS: readonly (readonly [word: string, written: () => string, subject: () => { key: string; value: string }])[] = [
  ['user', () => server.account.ownerIamId, () => ({ key: 'iam_id', value: server.account.ownerIamId })],
  ['service', () => 'job', () => ({ key: 'iam_id', value: job.iamId })],
  ['access-group', () => 'custodians', () => ({ key: 'access_group_id', value: 'AccessGroupId-1' })],
  ['trusted-profile', () => 'deployments', () => ({ key: 'iam_id', value: 'iam-Profile-1' })],
];

describe.each(SUBJECTS)('access policies of a %s', (word, written, subject) => {
  const create = (...flags: string[]) => json(`${word}-policy-create`, written(), ...flags);

  test('are created, listed, shown, changed and deleted', async () => {
    const made = await create(
      '--roles',
      'viewer,Reader Plus',
      '--service-name',
      'kms',
      '--service-instance',
      'payments-kms',
      '--key-ring',
      'a',
    );
    expect(made.subject.attributes).toEqual([{ ...subject(), operator: 'stringEquals' }]);
    expect(made.resource.attributes).toContainEqual({ key: 'serviceInstance', value: instance, operator: 'stringEquals' });
    const listed = await run(`${word}-policies`, written());
    expect(listed.out).toMatch(new RegExp(`${made.id} +access .*ReaderPlus`));
    const changed = await json(`${word}-policy-update`, written(), made.id, '--roles', 'Writer');
    expect(changed.control.grant.roles).toEqual([{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Writer' }]);
    expect(changed.resource).toEqual(made.resource);
    const moved = await json(
      `${word}-policy-update`,
      written(),
      made.id,
      '--service-name',
      'hs-crypto',
      '--attributes',
      'keyRing=b*',
    );
    expect(moved.control).toEqual(changed.control);
    expect(moved.resource.attributes).toEqual([
      { key: 'accountId', value: accountId, operator: 'stringEquals' },
      { key: 'keyRing', value: 'b*', operator: 'stringMatch' },
      { key: 'serviceName', value: 'hs-crypto', operator: 'stringEquals' },
    ]);
    const { out } = await run(`${word}-policy`, written(), made.id);
    expect(out).toContain(made.id);
    expect((await run(`${word}-policy-delete`, written(), made.id, '-f')).status).toBe(0);
    expect(await json(`${word}-policies`, written())).toEqual([]);
  });

  test('of somebody else are left alone', async () => {
    const other = await addPerson(server, `other than ${word}`);
    const theirs = await json('service-policy-create', other.id, '--roles', 'Viewer', '--service-name', 'kms');
    for (const verb of ['policy-delete', 'policy']) {
      expect(await run(`${word}-${verb}`, written(), theirs.id)).toMatchObject({ status: 3 });
    }
    expect(await run(`${word}-policy-update`, written(), theirs.id, '--roles', 'Editor')).toMatchObject({ status: 3 });
    expect(await json('service-policies', other.id)).toHaveLength(1);
  });
});

test('access to all services, to account management and to a resource group by its name', async () => {
  const conditions = async (...flags: string[]) => {
    const { id, resource } = await json('service-policy-create', 'job', '--roles', 'Viewer', ...flags);
    expect((await run('service-policy-delete', 'job', id)).status).toBe(0);
    return resource.attributes.map(({ key, value }) => `${key}=${value}`);
  };
  const account = `accountId=${accountId}`;
  expect(await conditions()).toEqual([account, 'serviceType=service']);
  expect(await conditions('--account-management')).toEqual([account, 'serviceType=platform_service']);
  expect(await conditions('--region', 'us-south')).toEqual([account, 'region=us-south', 'serviceType=service']);
  const group = `resourceGroupId=${server.account.resourceGroupId}`;
  expect(await conditions('--resource-group-name', 'Default')).toEqual([account, group]);
  expect(await run('service-policy-create', 'job', '--service-name', 'kms')).toMatchObject({
    status: 1,
    err: expect.stringContaining('--roles'),
  });
  expect(await run('service-policy-create', 'job', '--roles', 'Viewer', '--attributes', 'x')).toMatchObject({ status: 1 });
  expect(await run('service-policy-create', 'nobody', '--roles', 'Viewer')).toMatchObject({ status: 3 });
});

test('an access policy comes from a file without a subject, in either version', async () => {
  const file = join(folder, 'access.json');
  const role = { role_id: 'crn:v1:bluemix:public:iam::::role:Viewer' };
  const named = [
    { name: 'serviceName', value: 'kms' },
    { name: 'accountId', value: accountId },
  ];
  writeFileSync(file, JSON.stringify({ roles: [role], resources: [{ attributes: named }], description: 'of a file' }));
  const made = await json('service-policy-create', 'job', '--file', file);
  expect(made).toMatchObject({ description: 'of a file', subject: { attributes: [{ key: 'iam_id', value: job.iamId }] } });
  const keyed = named.map(({ name, value }) => ({ key: name, value, operator: 'stringEquals' }));
  writeFileSync(file, JSON.stringify({ control: { grant: { roles: [role] } }, resource: { attributes: keyed } }));
  expect((await run('service-policy-create', 'job', '--file', file)).err).toContain(`[POLICY_CONFLICT]`);
});
