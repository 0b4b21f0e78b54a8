import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enableKms } from '../../../contract/enabling/enable.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { addPerson, authorize, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../testkit/test-clusters.ts';

let clusters: TestClusters;
let cluster: TestCluster;
beforeAll(async () => {
  clusters = await startTestClusters();
  cluster = await clusters.addCluster('cl1');
});
afterAll(() => clusters[Symbol.asyncDispose]());

const NOWHERE = '11111111-2222-4333-8444-555555555555';

/** The refusal, after checking that it changed nothing. */
async function refusal(
  instance_id: string,
  crk_id: string,
  more: object = {},
): Promise<{ code: string; message: string; hint?: string }> {
  const before = await cluster.get();
  const error: unknown = await cluster.enable(instance_id, crk_id, more).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(await cluster.get()).toEqual(before);
  if (error === undefined) throw new Error('it was accepted');
  return error as { code: string; message: string; hint?: string };
}

describe('S8: instance and root key have to be there first', () => {
  it('an unknown instance is named', async () => {
    const error = await refusal(NOWHERE, NOWHERE);
    expect(error).toMatchObject({ code: 'KMS_INSTANCE_UNKNOWN' });
    expect(error.message).toContain(NOWHERE);
    expect(error.hint).toContain('ks kms instance ls');
  });

  it.each([
    ['unknown', async () => NOWHERE, 'has no key'],
    ['standard', (instance: string) => clusters.addRootKey(instance, { extractable: true }), 'standard key'],
    [
      'disabled',
      async (instance: string) => {
        const id = await clusters.addRootKey(instance);
        const headers = { 'bluemix-instance': instance };
        await clusters.server.call(disableKey, clusters.server.ownerToken, { headers, params: { id } });
        return id;
      },
      'is disabled',
    ],
    [
      'expired',
      async (instance: string) => {
        const soon = new Date(clusters.server.clock.now() + 1000).toISOString();
        const id = await clusters.addRootKey(instance, { expirationDate: soon });
        clusters.server.clock.advance(2000);
        return id;
      },
      'has expired',
    ],
  ])('a key that is %s is refused with that reason', async (_word, make, reason) => {
    const instance = await clusters.addInstance();
    const error = await refusal(instance, await make(instance));
    expect(error).toMatchObject({ code: 'ROOT_KEY_UNUSABLE' });
    expect(error.message).toContain(reason);
    expect(error.hint).toBeTruthy();
  });

  it('a key that expires within a day needs force', async () => {
    const instance = await clusters.addInstance();
    const expirationDate = new Date(clusters.server.clock.now() + 3_600_000).toISOString();
    const key = await clusters.addRootKey(instance, { expirationDate });
    expect(await refusal(instance, key)).toMatchObject({ code: 'ROOT_KEY_UNUSABLE', hint: expect.stringContaining('--force') });
    const other = await clusters.addCluster('forced');
    await expect(other.enable(instance, key, { force: true })).resolves.toBeUndefined();
  });

  it('empty values are refused, because a KMS provider cannot be turned off', async () => {
    expect(await refusal('', '')).toMatchObject({
      code: 'INVALID_FIELD',
      message: expect.stringContaining('cannot be turned off'),
    });
    expect(await refusal(await clusters.addInstance(), '')).toMatchObject({ code: 'INVALID_FIELD' });
  });
});

describe('S15, S20–S22: the service authorization', () => {
  it('is asked for by source, target, role and the command that creates it', async () => {
    const instance = await clusters.addInstance({ authorized: false });
    const error = await refusal(instance, await clusters.addRootKey(instance));
    expect(error.code).toBe('SERVICE_AUTHORIZATION_MISSING');
    for (const word of ['containers-kubernetes', 'kms', instance, clusters.server.account.accountId, 'Reader']) {
      expect(error.message).toContain(word);
    }
    expect(error.hint).toContain(
      `rootward iam authorization-policy-create containers-kubernetes kms Reader --target-service-instance-id ${instance}`,
    );
  });

  it('comes before what is wrong with the key', async () => {
    const instance = await clusters.addInstance({ authorized: false });
    expect(await refusal(instance, NOWHERE)).toMatchObject({ code: 'SERVICE_AUTHORIZATION_MISSING' });
  });

  it.each([
    ['another source service', { sourceService: 'server-protect', roles: [`${SERVICE}Reader`], service: 'kms' }],
    ['another provider', { roles: [`${SERVICE}Reader`], service: 'hs-crypto' }],
    ['a platform role only', { roles: [`${PLATFORM}Viewer`], service: 'kms' }],
    ['another source account', { sourceAccount: 'f'.repeat(32), roles: [`${SERVICE}Reader`], service: 'kms' }],
    [
      'another instance',
      { roles: [`${SERVICE}Reader`], service: 'kms', attributes: [{ name: 'serviceInstance', value: NOWHERE }] },
    ],
  ])('for %s does not count', async (_what, policy) => {
    const instance = await clusters.addInstance({ authorized: false });
    const key = await clusters.addRootKey(instance);
    const id = await authorize(clusters.server, policy);
    expect(await refusal(instance, key)).toMatchObject({ code: 'SERVICE_AUTHORIZATION_MISSING' });
    await clusters.server.call(deletePolicy, clusters.server.ownerToken, { params: { id } });
  });

  it.each(['Reader', 'Writer', 'Manager'])('%s is enough', async (role) => {
    const instance = await clusters.addInstance({ authorized: false });
    const attributes = [{ name: 'serviceInstance', value: instance }];
    await authorize(clusters.server, { roles: [`${SERVICE}${role}`], service: 'kms', attributes });
    const other = await clusters.addCluster(`with-${role.toLowerCase()}`);
    await expect(other.enable(instance, await clusters.addRootKey(instance))).resolves.toBeUndefined();
  });

  it('of another account is asked for there, and nothing is told of what that account has', async () => {
    const { accountId } = await clusters.server.addAccount();
    const error = await refusal(NOWHERE, NOWHERE, { account_id: accountId });
    expect(error).toMatchObject({
      code: 'SERVICE_AUTHORIZATION_MISSING',
      hint: expect.stringContaining(`In account ${accountId}`),
    });
    expect(error.hint).toContain(`--source-service-account ${clusters.server.account.accountId}`);
  });

  it('of another account is asked for in the same words, whatever kind of instance that account has there', async () => {
    const { accountId } = await clusters.server.addAccount();
    const { db, change } = clusters.server.store;
    const own = await db.selectFrom('instances').selectAll().executeTakeFirstOrThrow();
    const foreign = {
      ...own,
      guid: '22222222-3333-4444-8555-666666666666',
      account_id: accountId,
      service: 'hs-crypto',
    } as const;
    await change([], (tx) => tx.insertInto('instances').values(foreign).execute());
    const there = await refusal(foreign.guid, NOWHERE, { account_id: accountId });
    const nowhere = await refusal(NOWHERE, NOWHERE, { account_id: accountId });
    const words = ({ message, hint = '' }: { message: string; hint?: string }) => `${message} ${hint}`;
    expect(words(there).replaceAll(foreign.guid, NOWHERE)).toBe(words(nowhere));
  });
});

describe('S25: Administrator on the cluster', () => {
  it.each(['Viewer', 'Editor', 'Operator'])('%s is not enough, before anything else is looked at', async (role) => {
    const person = await addPerson(clusters.server, role);
    await grant(clusters.server, { iamId: person.iamId, roles: [`${PLATFORM}${role}`], service: 'containers-kubernetes' });
    const body = { cluster: cluster.name, instance_id: NOWHERE, crk_id: NOWHERE };
    await expect(clusters.server.call(enableKms, person.token, { headers: {}, body })).rejects.toMatchObject({
      code: 'ACTION_DENIED',
    });
  });

  it('counts for the cluster that it is given on', async () => {
    const instance = await clusters.addInstance();
    const key = await clusters.addRootKey(instance);
    const mine = await clusters.addCluster('mine');
    const person = await addPerson(clusters.server, 'scoped');
    const attributes = [{ name: 'serviceInstance', value: mine.id }];
    const roles = [`${PLATFORM}Administrator`];
    await grant(clusters.server, { iamId: person.iamId, roles, service: 'containers-kubernetes', attributes });
    const enable = (name: string) =>
      clusters.server.call(enableKms, person.token, { headers: {}, body: { cluster: name, instance_id: instance, crk_id: key } });
    await expect(enable(cluster.name)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(enable(mine.name)).resolves.toMatchObject({ output: {} });
  });

  it('a cluster that does not exist is named in the words that clients look for', async () => {
    const body = { cluster: 'nothing', instance_id: NOWHERE, crk_id: NOWHERE };
    const call = clusters.server.call(enableKms, clusters.server.ownerToken, { headers: {}, body });
    await expect(call).rejects.toMatchObject({ message: 'The specified cluster could not be found.', row: { http: 404 } });
  });

  it('another account in the header than in the token is refused', async () => {
    const body = { cluster: cluster.name, instance_id: NOWHERE, crk_id: NOWHERE };
    const headers = { 'x-auth-resource-account': 'f'.repeat(32), 'x-auth-resource-group': '' };
    const call = clusters.server.call(enableKms, clusters.server.ownerToken, { headers, body });
    await expect(call).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
  });
});
