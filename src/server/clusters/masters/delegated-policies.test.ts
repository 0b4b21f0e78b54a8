import { expect, it } from 'vitest';
import { AUTHORIZATION_DELEGATOR } from '../../../contract/actions.ts';
import { deleteCluster } from '../../../contract/clusters/delete.ts';
import { createPolicy } from '../../../contract/policies/create.ts';
import { getPolicy } from '../../../contract/policies/get.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import type { ServicePrincipal } from '../../principal.ts';
import { authorize, SERVICE } from '../../testkit/people.ts';
import { clusterServicePrincipal } from '../cluster-identity.ts';
import { startTestClusters, type TestCluster } from '../testkit/test-clusters.ts';

const READER = `${SERVICE}Reader`;
const STORAGE_ACCOUNT = 'd'.repeat(32);
const crn = `crn:v1:bluemix:public:server-protect:us-south:a/${STORAGE_ACCOUNT}:::`;
const storage: ServicePrincipal = {
  kind: 'service',
  iamId: `crn-${crn}`,
  accountId: STORAGE_ACCOUNT,
  name: 'server-protect',
  credential: 'token',
  crn,
  source: { serviceName: 'server-protect', accountId: STORAGE_ACCOUNT },
};

it('what a cluster had created for its disks goes when the cluster is gone, and not before; that of another cluster stays', async () => {
  await using clusters = await startTestClusters();
  const { server, deps } = clusters;
  const { accountId } = server.account;
  const instance = await clusters.addInstance({ authorized: false });
  const attributes = [{ name: 'serviceInstance', value: instance }];
  await authorize(server, { roles: [READER, AUTHORIZATION_DELEGATOR], service: 'kms', attributes });

  const delegate = async ({ id }: TestCluster): Promise<string> => {
    const row = await findClusterById(server.store.db, id);
    if (!row) throw new Error(`there is no cluster ${id}`);
    const subject = [
      { name: 'serviceName', value: 'server-protect' },
      { name: 'accountId', value: STORAGE_ACCOUNT },
    ];
    const kms = [{ name: 'serviceName', value: 'kms' }, { name: 'accountId', value: accountId }, ...attributes];
    const made = await deps.invoke(createPolicy, clusterServicePrincipal(row), {
      body: {
        type: 'authorization',
        subjects: [{ attributes: subject }],
        roles: [{ role_id: READER }],
        resources: [{ attributes: kms }],
      },
    });
    return made.id;
  };
  const stateOf = async (id: string) => (await server.call(getPolicy, server.ownerToken, { params: { id } })).output.state;
  const opens = async () =>
    (await server.decide(storage, 'kms.secrets.unwrap', { serviceName: 'kms', accountId, serviceInstance: instance })).allowed;

  const [first, second] = [await clusters.addCluster('one'), await clusters.addCluster('two')];
  const policies = [await delegate(first), await delegate(second)];
  const remove = (idOrName: string) =>
    server.call(deleteCluster, server.ownerToken, { headers: {}, params: { idOrName }, query: {} });

  await remove('one');
  expect(await Promise.all(policies.map(stateOf))).toEqual(['active', 'active']);
  await clusters.hosted.pass();
  expect(await Promise.all(policies.map(stateOf))).toEqual(['deleted', 'active']);
  expect(await opens()).toBe(true);
  await remove('two');
  await clusters.hosted.pass();
  expect(await Promise.all(policies.map(stateOf))).toEqual(['deleted', 'deleted']);
  expect(await opens()).toBe(false);
});
