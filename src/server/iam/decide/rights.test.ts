import { randomUUID } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../../contract/actions.ts';
import { policiesOfSubjectsQuery } from '../../../store/iam/policies.ts';
import type { PersonPrincipal, Principal, ServicePrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import type { Condition } from './condition.ts';
import { findServiceAuthorization } from './service-authorization.ts';
import { subjectKeyOf } from './subject-key.ts';

let server: TestServer;
let accountId: string;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
});
afterAll(() => server[Symbol.asyncDispose]());

interface Wanted {
  readonly subject: readonly Condition[];
  readonly roles: readonly string[];
  readonly resource: readonly Condition[];
}

const rowOf = (account: string, { subject, roles, resource }: Wanted, createdAt = 0) => ({
  id: randomUUID(),
  account_id: account,
  type: 'access' as const,
  subject_key: subjectKeyOf(subject) ?? '',
  document: JSON.stringify({ subject, roles, resource: [{ name: 'accountId', value: account }, ...resource] }),
  description: null,
  state: 'active' as const,
  etag: '1',
  created_at: createdAt,
  created_by: '',
  modified_at: createdAt,
  modified_by: '',
  parent_id: null,
});

async function give(subject: Condition | readonly Condition[], roles: readonly string[], resource: readonly Condition[]) {
  const row = rowOf(accountId, { subject: [subject].flat() as Condition[], roles, resource });
  await server.store.change(['iam'], (tx) => tx.insertInto('policies').values(row).execute());
  return row.id;
}

async function join(group: string, iamId: string, account = accountId): Promise<void> {
  const member = { group_id: group, iam_id: iamId, account_id: account, created_at: 0, created_by: '' };
  await server.store.change(['iam'], (tx) => tx.insertInto('access_group_members').values(member).execute());
}

const somebody = (kind: PersonPrincipal['kind'] = 'user', account = accountId): PersonPrincipal => ({
  kind,
  iamId: `${kind} ${randomUUID()}`,
  accountId: account,
  name: 'somebody',
  credential: 'token',
});
const is = (name: string, value: string): Condition => ({ name, value });
const decide = async (who: Principal, action: Action, target: Target) => server.decide(who, action, target);
const may = async (who: Principal, action: Action, target: Partial<Target>): Promise<boolean> =>
  (await decide(who, action, { serviceName: 'kms', accountId, ...target })).allowed;

const READER = [`${SERVICE}Reader`];
const ADMINISTRATOR = [`${PLATFORM}Administrator`];

describe('access groups', () => {
  test('a member has what the group has, and the decision names the group and its policy', async () => {
    const group = `AccessGroupId-${randomUUID()}`;
    const id = await give(is('access_group_id', group), READER, [is('serviceName', 'kms')]);
    for (const kind of ['user', 'service-id', 'profile'] as const) {
      const who = somebody(kind);
      expect(await may(who, 'kms.secrets.wrap', {})).toBe(false);
      await join(group, who.iamId);
      const decision = await decide(who, 'kms.secrets.wrap', { serviceName: 'kms', accountId });
      expect(decision).toEqual({ allowed: true, policyId: id, subject: group });
    }
  });

  test('whoever leaves a group has lost its policies with the next decision', async () => {
    const group = `AccessGroupId-${randomUUID()}`;
    const who = somebody();
    await give(is('access_group_id', group), READER, [is('serviceName', 'kms')]);
    await join(group, who.iamId);
    expect(await may(who, 'kms.secrets.wrap', {})).toBe(true);
    await server.store.change(['iam'], (tx) => tx.deleteFrom('access_group_members').where('group_id', '=', group).execute());
    expect(await may(who, 'kms.secrets.wrap', {})).toBe(false);
  });

  test('membership in a group of another account is none here', async () => {
    const group = `AccessGroupId-${randomUUID()}`;
    const who = somebody();
    await give(is('access_group_id', group), READER, [is('serviceName', 'kms')]);
    await join(group, who.iamId, (await server.addAccount()).accountId);
    expect(await may(who, 'kms.secrets.wrap', {})).toBe(false);
  });

  test('an IAM id that looks like a group is not its member', async () => {
    const group = `AccessGroupId-${randomUUID()}`;
    await give(is('access_group_id', group), READER, [is('serviceName', 'kms')]);
    expect(await may({ ...somebody(), iamId: group }, 'kms.secrets.wrap', {})).toBe(false);
  });

  test('a group has no policies of somebody who is named like it', async () => {
    const [group, who] = [`AccessGroupId-${randomUUID()}`, somebody()];
    await give(is('iam_id', group), READER, [is('serviceName', 'kms')]);
    await join(group, who.iamId);
    expect(await may(who, 'kms.secrets.wrap', {})).toBe(false);
  });

  test('a refusal says how many groups were looked at', async () => {
    const who = somebody();
    await join(`AccessGroupId-${randomUUID()}`, who.iamId);
    const decision = await decide(who, 'kms.secrets.wrap', { serviceName: 'kms', accountId });
    expect(decision).toEqual({
      allowed: false,
      reason: `no access policy of ${who.iamId} and of its 1 access groups carries kms.secrets.wrap on this target`,
    });
  });
});

describe('policies about more than one service', () => {
  test('one about all services makes an Administrator of each, and of no account management', async () => {
    const who = somebody();
    await give(is('iam_id', who.iamId), ADMINISTRATOR, [is('serviceType', 'service')]);
    expect(await may(who, 'resource-controller.instance.create', {})).toBe(true);
    expect(await may(who, 'resource-controller.instance.create', { serviceName: 'hs-crypto' })).toBe(true);
    expect(await may(who, 'containers-kubernetes.cluster.create', { serviceName: 'containers-kubernetes' })).toBe(true);
    expect(await may(who, 'iam-identity.serviceid.create', { serviceName: 'iam-identity' })).toBe(false);
  });

  test('one about account management reaches all of that, and no service', async () => {
    const who = somebody();
    await give(is('iam_id', who.iamId), ADMINISTRATOR, [is('serviceType', 'platform_service')]);
    expect(await may(who, 'iam-identity.serviceid.create', { serviceName: 'iam-identity' })).toBe(true);
    expect(await may(who, 'iam-groups.groups.create', { serviceName: 'iam-groups' })).toBe(true);
    expect(await may(who, 'user-management.user.create', { serviceName: 'user-management' })).toBe(true);
    expect(await may(who, 'resource-controller.group.create', { serviceName: 'resource-controller' })).toBe(true);
    expect(await may(who, 'resource-controller.instance.create', {})).toBe(false);
  });

  test('neither hands over the server itself', async () => {
    const who = somebody();
    for (const type of ['service', 'platform_service'])
      await give(is('iam_id', who.iamId), ADMINISTRATOR, [is('serviceType', type)]);
    expect(await may(who, 'server.backup.create', { serviceName: 'rootward' })).toBe(false);
  });

  test('one about a resource group reaches what is in it, of every service, and nothing else', async () => {
    const who = somebody();
    await give(is('iam_id', who.iamId), ADMINISTRATOR, [is('resourceGroupId', 'payments')]);
    const inside = { resourceGroupId: 'payments', serviceInstance: 'i1' };
    expect(await may(who, 'resource-controller.instance.delete', inside)).toBe(true);
    expect(await may(who, 'containers-kubernetes.cluster.create', { ...inside, serviceName: 'containers-kubernetes' })).toBe(
      true,
    );
    expect(await may(who, 'resource-controller.instance.delete', { ...inside, resourceGroupId: 'other' })).toBe(false);
    expect(await may(who, 'resource-controller.instance.delete', { serviceInstance: 'i1' })).toBe(false);
  });

  test('one that says no more than its account reaches nothing', async () => {
    const who = somebody();
    await give(is('iam_id', who.iamId), ADMINISTRATOR, []);
    expect(await may(who, 'resource-controller.instance.create', {})).toBe(false);
  });
});

test('a policy about what has no key ring reaches an instance, and none of its keys', async () => {
  const who = somebody();
  await give(is('iam_id', who.iamId), READER, [
    is('serviceName', 'kms'),
    { name: 'keyRing', value: false, operator: 'stringExists' },
  ]);
  expect(await may(who, 'kms.secrets.eventack', { serviceInstance: 'i1' })).toBe(true);
  expect(await may(who, 'kms.secrets.wrap', { serviceInstance: 'i1', keyRing: 'default' })).toBe(false);
  // Whoever is asked about all of it, as for a policy that he gives away, does not have it.
  expect(await may(who, 'kms.secrets.wrap', { serviceInstance: 'i1', whole: true })).toBe(false);
});

describe('sources of service authorizations', () => {
  test('an authorization for a resource group covers the clusters in it', async () => {
    const inside = await addCluster(server, 'inside');
    const source = [is('accountId', accountId), is('resourceGroupId', server.account.resourceGroupId)];
    const id = await give(source, READER, [is('serviceName', 'kms'), is('serviceInstance', 'by-group')]);
    const kms = { serviceName: 'kms', accountId, serviceInstance: 'by-group' };
    expect(await decide(inside.plugin, 'kms.secrets.wrap', kms)).toMatchObject({ allowed: true, policyId: id });
    const elsewhere = { ...inside.plugin, resourceGroupId: 'another' };
    expect(await may(elsewhere, 'kms.secrets.wrap', kms)).toBe(false);
    const question = { clusterAccountId: accountId, clusterId: 'inside', region: 'us-south', kms };
    const { resourceGroupId } = server.account;
    expect(await findServiceAuthorization(server.store, { ...question, resourceGroupId })).toMatchObject({ policyId: id });
    expect(await findServiceAuthorization(server.store, { ...question, resourceGroupId: 'another' })).toMatchObject({
      reader: false,
    });
  });

  test('another service is decided by its CRN: service, account, instance, region and resource type', async () => {
    const crn = 'crn:v1:bluemix:public:is:us-south-1:a/0123::volume:v1';
    const disk: ServicePrincipal = {
      kind: 'service',
      iamId: `crn-${crn}`,
      accountId: '0123',
      name: crn,
      credential: 'token',
      crn,
      source: { serviceName: 'is', accountId: '0123', region: 'us-south-1', resourceType: 'volume', resource: 'v1' },
    };
    const source = [is('serviceName', 'is'), is('accountId', '0123'), is('resourceType', 'volume')];
    await give(source, READER, [is('serviceName', 'kms'), is('serviceInstance', 'disks')]);
    const on = { serviceInstance: 'disks' };
    expect(await may(disk, 'kms.secrets.unwrap', on)).toBe(true);
    expect(await may(disk, 'kms.secrets.create', on)).toBe(false);
    const other = (change: Partial<ServicePrincipal['source']>) => ({ ...disk, source: { ...disk.source, ...change } });
    expect(await may(other({ resourceType: 'snapshot' }), 'kms.secrets.unwrap', on)).toBe(false);
    expect(await may(other({ accountId: '4567' }), 'kms.secrets.unwrap', on)).toBe(false);
    expect(await may(other({ serviceName: 'server-protect' }), 'kms.secrets.unwrap', on)).toBe(false);
  });
});

describe('many policies', () => {
  test('of one subject are read and sorted once: 10^4 of them, one for each key, answer 10^4 questions within seconds', async () => {
    const who = somebody();
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      rowOf(accountId, {
        subject: [is('iam_id', who.iamId)],
        roles: READER,
        resource: [is('serviceName', 'kms'), is('serviceInstance', 'i1'), is('resourceType', 'key'), is('resource', `k${index}`)],
      }),
    );
    await server.store.change(['iam'], async (tx) => {
      for (let from = 0; from < rows.length; from += 500) {
        await tx
          .insertInto('policies')
          .values(rows.slice(from, from + 500))
          .execute();
      }
    });
    const key = (index: number) => ({ serviceInstance: 'i1', keyRing: 'default', resourceType: 'key', resource: `k${index}` });
    expect(await may(who, 'kms.secrets.wrap', key(0))).toBe(true);
    const started = performance.now();
    for (let index = 0; index < rows.length; index += 1) expect(await may(who, 'kms.secrets.wrap', key(index))).toBe(true);
    expect(await may(who, 'kms.secrets.wrap', key(rows.length))).toBe(false);
    // Held against one another they were 10^8 comparisons.
    expect(performance.now() - started).toBeLessThan(5000);
    const [last] = rows.slice(-1);
    await server.store.change(['iam'], (tx) =>
      tx
        .updateTable('policies')
        .set({ state: 'deleted' })
        .where('id', '=', last?.id ?? '')
        .execute(),
    );
    expect(await may(who, 'kms.secrets.wrap', key(rows.length - 1))).toBe(false);
    expect(await may(who, 'kms.secrets.wrap', key(0))).toBe(true);
  });

  test('of which several allow it, the oldest is named', async () => {
    const who = somebody();
    const wanted = (resource: Condition[]): Wanted => ({ subject: [is('iam_id', who.iamId)], roles: READER, resource });
    const service = is('serviceName', 'kms');
    const young = rowOf(accountId, wanted([service, is('resource', 'k1')]), 3);
    const old = rowOf(accountId, wanted([service]), 1);
    const between = rowOf(accountId, wanted([service, is('serviceInstance', 'i1')]), 2);
    await server.store.change(['iam'], (tx) => tx.insertInto('policies').values([young, old, between]).execute());
    const target = { serviceName: 'kms', accountId, serviceInstance: 'i1', resource: 'k1' };
    expect(await decide(who, 'kms.secrets.wrap', target)).toMatchObject({ policyId: old.id });
  });

  test('in the account of other subjects are not read', async () => {
    const { db } = server.store;
    const subject = (index: number) => [is('iam_id', `someone ${index}`)];
    const rows = Array.from({ length: 5000 }, (_, index) =>
      rowOf(accountId, { subject: subject(index), roles: READER, resource: [is('serviceName', 'kms')] }),
    );
    await server.store.change(['iam'], async (tx) => {
      for (let from = 0; from < rows.length; from += 500) {
        await tx
          .insertInto('policies')
          .values(rows.slice(from, from + 500))
          .execute();
      }
    });
    const compiled = policiesOfSubjectsQuery(db, accountId, ['someone 7', 'AccessGroupId-1', 'AccessGroupId-2']).compile();
    const isPostgres = process.env.ROOTWARD_TEST_ENGINE === 'postgres';
    // As PostgreSQL does by itself after so many new rows.
    if (isPostgres) await db.executeQuery(CompiledQuery.raw('ANALYZE policies'));
    const explain = isPostgres ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN';
    const plan = await db.executeQuery<Record<string, string>>({ ...compiled, sql: `${explain} ${compiled.sql}` });
    const text = plan.rows.map((row) => row.detail ?? row['QUERY PLAN']).join('\n');
    expect(text).toContain('policies_by_subject');
    if (isPostgres) expect(text).toMatch(/Index Cond: .*subject_key.* = ANY/);
    else expect(text).toContain('account_id=? AND subject_key=? AND state=?');
    expect(text).not.toMatch(/Seq Scan|SCAN|TEMP B-TREE/);
  });
});
