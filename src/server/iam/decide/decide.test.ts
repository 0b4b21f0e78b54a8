import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Action, AUTHORIZATION_DELEGATOR, ROLES } from '../../../contract/actions.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { policiesOfSubjectsQuery } from '../../../store/iam/policies.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { addCluster, type TestCluster } from '../../testkit/clusters.ts';
import { addPerson, authorize, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { findServiceAuthorization } from './service-authorization.ts';

let server: TestServer;
let accountId: string;
beforeAll(async () => {
  server = await startTestServer();
  accountId = server.account.accountId;
});
afterAll(() => server[Symbol.asyncDispose]());

const ALL_ACTIONS = [...new Set(Object.values(ROLES).flatMap((roles) => roles.flatMap((role) => role.actions)))];
const CLUSTER_ACTIONS: readonly Action[] = ['rootward.plugin.state', 'rootward.agent.execute', 'rootward.cluster.reconcile'];
const READER = `${SERVICE}Reader`;

const may = async (principal: Principal, action: Action, target: Target): Promise<boolean> =>
  (await server.decide(principal, action, target)).allowed;
const instance = (guid = 'kp-a', service = 'kms'): Target => ({ serviceName: service, accountId, serviceInstance: guid });
const cluster = (id: string): Target => ({ serviceName: 'containers-kubernetes', accountId, serviceInstance: id });

async function newcomer(name: string): Promise<{ iamId: string; principal: Principal; again: () => Promise<Principal> }> {
  const person = await addPerson(server, name);
  const again = async (): Promise<Principal> => server.authenticate(person.token);
  return { iamId: person.iamId, principal: await again(), again };
}

describe('roles of people', () => {
  for (const service of ['kms', 'hs-crypto', 'containers-kubernetes']) {
    for (const role of ROLES[service] ?? []) {
      test(`${role.displayName} (${role.kind}) on ${service} carries its listed actions and no other`, async () => {
        const { iamId, again } = await newcomer(`${service} ${role.crn}`);
        await grant(server, { iamId, roles: [role.crn], service });
        const principal = await again();
        const target = { serviceName: service, accountId, serviceInstance: 'any' };
        for (const action of ALL_ACTIONS) {
          expect([action, await may(principal, action, target)]).toEqual([action, role.actions.includes(action)]);
        }
      });
    }
  }

  test('whoever has no policy may do nothing', async () => {
    const { principal } = await newcomer('nobody');
    for (const action of ALL_ACTIONS) expect(await may(principal, action, instance())).toBe(false);
  });

  test('the owner may do everything in the own account, and nothing in another', async () => {
    const owner = await server.authenticate(server.ownerToken);
    const other = await server.addAccount();
    for (const action of ALL_ACTIONS) {
      expect(await may(owner, action, instance())).toBe(true);
      expect(await may(owner, action, { ...instance(), accountId: other.accountId })).toBe(false);
    }
  });

  test('not even the owner does what only a cluster itself does', async () => {
    const owner = await server.authenticate(server.ownerToken);
    for (const action of CLUSTER_ACTIONS) expect(await may(owner, action, cluster('c1'))).toBe(false);
  });

  test('a policy narrowed to one instance, ring or key holds there only (S22)', async () => {
    const { iamId, again } = await newcomer('narrow');
    const attributes = [
      { name: 'serviceInstance', value: 'kp-a' },
      { name: 'resourceType', value: 'key' },
      { name: 'resource', value: 'k1' },
    ];
    await grant(server, { iamId, roles: [READER], service: 'kms', attributes });
    const principal = await again();
    const key = (guid: string, resource: string): Target => ({
      ...instance(guid),
      keyRing: 'default',
      resourceType: 'key',
      resource,
    });
    expect(await may(principal, 'kms.secrets.wrap', key('kp-a', 'k1'))).toBe(true);
    expect(await may(principal, 'kms.secrets.wrap', key('kp-a', 'k2'))).toBe(false);
    expect(await may(principal, 'kms.secrets.wrap', key('kp-b', 'k1'))).toBe(false);
    expect(await may(principal, 'kms.secrets.list', instance('kp-a'))).toBe(false);
  });

  test('Administrator of another cluster is not Administrator of this one (S25)', async () => {
    const { iamId, again } = await newcomer('scoped admin');
    const attributes = [{ name: 'serviceInstance', value: 'c1' }];
    await grant(server, { iamId, roles: [`${PLATFORM}Administrator`], service: 'containers-kubernetes', attributes });
    const principal = await again();
    expect(await may(principal, 'containers-kubernetes.cluster.create', cluster('c1'))).toBe(true);
    expect(await may(principal, 'containers-kubernetes.cluster.create', cluster('c2'))).toBe(false);
  });

  test('wildcards match as a whole, and never what is not there', async () => {
    const { iamId, again } = await newcomer('wild');
    const attributes = [{ name: 'serviceInstance', value: 'prod-*', operator: 'stringMatch' as const }];
    await grant(server, { iamId, roles: [READER], service: 'kms', attributes });
    const principal = await again();
    expect(await may(principal, 'kms.secrets.wrap', instance('prod-1'))).toBe(true);
    expect(await may(principal, 'kms.secrets.wrap', instance('my-prod-1'))).toBe(false);
    expect(await may(principal, 'kms.secrets.wrap', { serviceName: 'kms', accountId })).toBe(false);
  });

  test('a decision is immediate once made, and gone when the policy is', async () => {
    const { iamId, again } = await newcomer('cached');
    const id = await grant(server, { iamId, roles: [READER], service: 'kms' });
    const principal = await again();
    expect(await may(principal, 'kms.secrets.wrap', instance())).toBe(true);
    const cached = server.decide(principal, 'kms.secrets.wrap', instance());
    expect(cached).toEqual({ allowed: true, policyId: id, subject: iamId });
    await server.call(deletePolicy, server.ownerToken, { params: { id } });
    expect(await may(principal, 'kms.secrets.wrap', instance())).toBe(false);
  });

  test('ids that contain separators do not share a decision', async () => {
    const { iamId, again } = await newcomer('separators');
    const attributes = [{ name: 'resource', value: 'a' }];
    await grant(server, { iamId, roles: [READER], service: 'kms', attributes });
    const principal = await again();
    expect(await may(principal, 'kms.secrets.wrap', { ...instance('x'), resource: 'a' })).toBe(true);
    expect(await may(principal, 'kms.secrets.wrap', instance('x 1:a'))).toBe(false);
    expect(await may(principal, 'kms.secrets.wrap', { ...instance('x'), keyRing: 'a' })).toBe(false);
  });
});

describe('clusters', () => {
  let c1: TestCluster;
  beforeAll(async () => {
    c1 = await addCluster(server, 'c1');
  });

  test('without a service authorization a cluster has no keys (S15)', async () => {
    for (const who of [c1.plugin, c1.agent, c1.service]) {
      for (const action of ALL_ACTIONS) {
        // What a cluster has put on record about itself it may always take back; the registrations decide whose record it is.
        const takesBack = who === c1.service && action === 'kms.registrations.delete';
        expect([action, await may(who, action, instance('s15'))]).toEqual([action, takesBack]);
      }
    }
  });

  test('a policy for another source service does not authorize (S20)', async () => {
    const attributes = [{ name: 'serviceInstance', value: 's20' }];
    await authorize(server, { sourceService: 'server-protect', roles: [READER], service: 'kms', attributes });
    expect(await may(c1.plugin, 'kms.secrets.wrap', instance('s20'))).toBe(false);
  });

  test('an hs-crypto policy never opens a kms instance, nor the other way round (S21)', async () => {
    const attributes = [{ name: 'serviceInstance', value: 's21' }];
    await authorize(server, { roles: [READER], service: 'hs-crypto', attributes });
    expect(await may(c1.plugin, 'kms.secrets.wrap', instance('s21'))).toBe(false);
    expect(await may(c1.plugin, 'kms.secrets.wrap', instance('s21', 'hs-crypto'))).toBe(true);
  });

  test('Reader, ReaderPlus, Writer and Manager each suffice; platform roles and delegation do not (S22)', async () => {
    const sufficient = [READER, 'crn:v1:bluemix:public:kms::::serviceRole:ReaderPlus', `${SERVICE}Writer`, `${SERVICE}Manager`];
    const insufficient = [`${PLATFORM}Viewer`, `${PLATFORM}Administrator`, AUTHORIZATION_DELEGATOR];
    for (const role of [...sufficient, ...insufficient]) {
      const guid = `s22 ${role}`;
      await authorize(server, { roles: [role], service: 'kms', attributes: [{ name: 'serviceInstance', value: guid }] });
      const expected = sufficient.includes(role);
      expect([role, await may(c1.plugin, 'kms.secrets.unwrap', instance(guid))]).toEqual([role, expected]);
      const question = {
        clusterAccountId: accountId,
        clusterId: 'c1',
        region: 'us-south',
        resourceGroupId: 'any',
        kms: instance(guid),
      };
      const found = await findServiceAuthorization(server.store, question);
      expect([role, found.reader, found.delegator]).toEqual([role, expected, role === AUTHORIZATION_DELEGATOR]);
    }
  });

  test('the plugin wraps, the agent does not touch keys, and neither changes them, whatever the policy says', async () => {
    await authorize(server, {
      roles: [`${SERVICE}Manager`],
      service: 'kms',
      attributes: [{ name: 'serviceInstance', value: 'm' }],
    });
    const allowed = async (who: Principal): Promise<Action[]> => {
      const actions: Action[] = [];
      for (const action of ALL_ACTIONS) if (await may(who, action, instance('m'))) actions.push(action);
      return actions.sort();
    };
    expect(await allowed(c1.plugin)).toEqual(['kms.secrets.readmetadata', 'kms.secrets.unwrap', 'kms.secrets.wrap']);
    expect(await allowed(c1.agent)).toEqual([]);
    expect(await allowed(c1.service)).toEqual([
      'kms.registrations.create',
      'kms.registrations.delete',
      'kms.registrations.list',
      'kms.registrations.merge',
      'kms.registrations.write',
      'kms.secrets.eventack',
      'kms.secrets.list',
      'kms.secrets.readmetadata',
      'kms.secrets.unwrap',
      'kms.secrets.wrap',
    ]);
  });

  test('an authorization narrowed to one cluster or region holds for it only', async () => {
    const c2 = await addCluster(server, 'c2', { region: 'eu-de' });
    const attributes = (value: string) => [{ name: 'serviceInstance', value }];
    const source = [{ name: 'serviceInstance', value: 'c1' }];
    await authorize(server, { roles: [READER], service: 'kms', source, attributes: attributes('n1') });
    const region = [{ name: 'region', value: 'eu-de' }];
    await authorize(server, { roles: [READER], service: 'kms', source: region, attributes: attributes('n2') });
    const asked = async (who: Principal, guid: string) => may(who, 'kms.secrets.wrap', instance(guid));
    expect([await asked(c1.plugin, 'n1'), await asked(c2.plugin, 'n1')]).toEqual([true, false]);
    expect([await asked(c1.plugin, 'n2'), await asked(c2.plugin, 'n2')]).toEqual([false, true]);
  });

  test('the source account counts: a cluster elsewhere needs a policy with its own account, here (S19)', async () => {
    const other = await server.addAccount();
    const foreign = await addCluster(server, 'foreign', { accountId: other.accountId });
    const attributes = [{ name: 'serviceInstance', value: 's19' }];
    await authorize(server, { roles: [READER], service: 'kms', attributes });
    expect(await may(c1.plugin, 'kms.secrets.wrap', instance('s19'))).toBe(true);
    expect(await may(foreign.plugin, 'kms.secrets.wrap', instance('s19'))).toBe(false);
    await authorize(server, { sourceAccount: other.accountId, roles: [READER], service: 'kms', attributes });
    expect(await may(foreign.plugin, 'kms.secrets.wrap', instance('s19'))).toBe(true);
  });

  test('each process does its own work on its own cluster only', async () => {
    await addCluster(server, 'c3');
    const work = {
      'rootward.plugin.state': c1.plugin,
      'rootward.agent.execute': c1.agent,
      'rootward.cluster.reconcile': c1.service,
    };
    for (const [action, principal] of Object.entries(work)) {
      for (const who of [c1.plugin, c1.agent, c1.service]) {
        expect([action, who.role, await may(who, action as Action, cluster('c1'))]).toEqual([
          action,
          who.role,
          who === principal,
        ]);
      }
      expect(await may(principal, action as Action, cluster('c3'))).toBe(false);
    }
  });

  test('a deleted cluster is nobody', async () => {
    const gone = await addCluster(server, 'gone');
    await server.store.change(['clusters'], (tx) =>
      tx.updateTable('clusters').set({ deleted_at: server.clock.now() }).where('id', '=', 'gone').execute(),
    );
    await expect((async () => server.authenticate(gone.pluginToken))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

test('a decision looks policies up by subject, however many the account has', async () => {
  await using embedded = await startTestServer({ engine: 'sqlite' });
  const { db } = embedded.store;
  const compiled = policiesOfSubjectsQuery(db, accountId, ['someone', 'a group']).compile();
  const plan = await db.executeQuery<{ detail: string }>({ ...compiled, sql: `EXPLAIN QUERY PLAN ${compiled.sql}` });
  expect(plan.rows.map((row) => row.detail).join('; ')).toContain('policies_by_subject');
});
