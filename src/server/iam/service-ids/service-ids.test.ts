import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../contract/api-keys/create.ts';
import { lockApiKey } from '../../../contract/api-keys/lock.ts';
import { unlockApiKey } from '../../../contract/api-keys/unlock.ts';
import { formatCrn } from '../../../contract/crn.ts';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { getServiceId } from '../../../contract/service-ids/get.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { lockServiceId } from '../../../contract/service-ids/lock.ts';
import { unlockServiceId } from '../../../contract/service-ids/unlock.ts';
import { updateServiceId } from '../../../contract/service-ids/update.ts';
import { insertServiceId, serviceIdsQuery } from '../../../store/iam/service-ids.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const make = async (body: object = {}, token = server.ownerToken, headers: Record<string, string> = {}) =>
  (await server.call(createServiceId, token, { headers, body: { name: 's', ...body } })).output;
const update = (id: string, tag: string, body: object, token = server.ownerToken) =>
  server.call(updateServiceId, token, { params: { id }, headers: { 'if-match': tag }, body });

test('of two updates with one entity tag, one wins; the winner is what is shown', async () => {
  const made = await make({ description: 'first' });
  const both = await Promise.allSettled(['a', 'b'].map((name) => update(made.iam_id, made.entity_tag, { name })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ENTITY_TAG' } });
  const { output } = await server.call(getServiceId, server.ownerToken, { params: { id: made.id } });
  expect(output.name).toBe(['a', 'b'][both.findIndex(({ status }) => status === 'fulfilled')]);
  expect((await update(made.id, output.entity_tag, { description: '' })).output.description).toBeUndefined();
});

test('a locked one is neither changed nor deleted; nor is one whose key is locked deleted', async () => {
  const { id, locked } = await make({}, server.ownerToken, { 'entity-lock': 'true' });
  expect(locked).toBe(true);
  const params = { id };
  await expect(update(id, '*', { name: 'n' })).rejects.toMatchObject({ code: 'ENTITY_LOCKED' });
  await expect(server.call(deleteServiceId, server.ownerToken, { params })).rejects.toMatchObject({ code: 'ENTITY_LOCKED' });
  await server.call(unlockServiceId, server.ownerToken, { params });
  await update(id, '*', { name: 'n' });
  await server.call(lockServiceId, server.ownerToken, { params });
  await expect(update(id, '*', { name: 'm' })).rejects.toMatchObject({ code: 'ENTITY_LOCKED' });
  await server.call(unlockServiceId, server.ownerToken, { params });
  const key = (await server.call(createApiKey, server.ownerToken, { body: { name: 'k', iam_id: id } })).output;
  await server.call(lockApiKey, server.ownerToken, { params: { id: key.id } });
  await expect(server.call(deleteServiceId, server.ownerToken, { params })).rejects.toMatchObject({
    code: 'ENTITY_LOCKED',
    message: expect.stringContaining(key.id),
  });
  expect(await server.logIn(key.apikey ?? '')).toBeTypeOf('string');
  await server.call(unlockApiKey, server.ownerToken, { params: { id: key.id } });
  await server.call(deleteServiceId, server.ownerToken, { params });
  await expect(server.logIn(key.apikey ?? '')).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
});

test('nobody of another account changes, locks or sees one', async () => {
  const { id } = await make();
  const { token } = await server.addAccount();
  const params = { id };
  await expect(update(id, '*', { name: 'x' }, token)).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await expect(server.call(lockServiceId, token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await expect(server.call(deleteServiceId, token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  expect((await server.call(listServiceIds, token, { query: {} })).output.serviceids).toEqual([]);
});

describe('the instances as which a service ID may ask for tokens', () => {
  const crnOf = (service: string, instance = 'i-1', accountId = server.account.accountId) =>
    formatCrn({ service, location: 'us-south', accountId, instance });

  test('are of this account, and a cluster is one that is there', async () => {
    const cluster = await addCluster(server, 'cinstances');
    const other = await server.addAccount();
    const wrong = [
      'no crn',
      crnOf('kms', 'i-1', other.accountId),
      crnOf('kms', ''),
      crnOf('containers-kubernetes', 'cnone'),
      cluster.crn.replace('us-south', 'eu-de'),
      `${cluster.crn.slice(0, -1)}worker-pool:x`.replace('::worker', ':worker'),
    ];
    for (const crn of wrong) {
      const attempt = make({ unique_instance_crns: [cluster.crn, crn] });
      await expect(attempt).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'unique_instance_crns.1' } });
    }
    const made = await make({ unique_instance_crns: [cluster.crn] });
    expect(made.unique_instance_crns).toEqual([cluster.crn]);
    expect((await update(made.id, '*', { unique_instance_crns: [] })).output.unique_instance_crns).toEqual([]);
  });

  test('of a cluster are given by whoever may create it, of a service by whoever grants access to it', async () => {
    const cluster = await addCluster(server, 'crights');
    const person = await addPerson(server, 'identities');
    await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Administrator`], service: 'iam-identity' });
    const id = (await make()).id;
    const give = (crn: string) => update(id, '*', { unique_instance_crns: [crn] }, person.token);
    for (const crn of [cluster.crn, crnOf('kms'), crnOf('server-protect'), crnOf('KMS')]) {
      await expect(give(crn)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      await expect(make({ unique_instance_crns: [crn] }, person.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    }
    await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Operator`], service: 'containers-kubernetes' });
    await expect(give(cluster.crn)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Administrator`], service: 'containers-kubernetes' });
    await give(cluster.crn);
    await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Administrator`], service: 'kms' });
    await give(crnOf('kms'));
    await expect(give(crnOf('server-protect'))).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await update(id, '*', { unique_instance_crns: [crnOf('server-protect')] });
  });

  test('keep a service ID from those who may not act as them: they get no key of it', async () => {
    const cluster = await addCluster(server, 'ckeyless');
    const { id } = await make({ unique_instance_crns: [cluster.crn] });
    const person = await addPerson(server, 'operator');
    await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Operator`], service: 'iam-identity' });
    const key = () => server.call(createApiKey, person.token, { body: { name: 'k', iam_id: id } });
    await expect(key()).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await update(id, '*', { unique_instance_crns: [] });
    await key();
  });
});

test('10^4 of them are listed page by page, in every order, and each page goes by an index', async () => {
  await using own = await startTestServer();
  const { accountId } = own.account;
  const count = 10_000;
  const batch = 500;
  for (let from = 0; from < count; from += batch) {
    await own.store.change([], async (tx) => {
      for (let n = from; n < from + batch; n += 1) {
        const id = `ServiceId-${String((n * 7919) % count).padStart(5, '0')}`;
        await insertServiceId(tx, {
          id,
          iam_id: `iam-${id}`,
          account_id: accountId,
          name: `n${String(n).padStart(5, '0')}`,
          description: null,
          entity_tag: '1-x',
          locked: 0,
          created_at: n,
          created_by: 'somebody',
          modified_at: n,
          unique_instance_crns: '[]',
        });
      }
    });
  }
  for (const query of [{}, { sort: 'name' as const, order: 'desc' as const }, { sort: 'created_at' as const }]) {
    const seen = new Set<string>();
    let next: string | undefined;
    let pagetoken: { readonly pagetoken?: string } = {};
    do {
      const { output } = await own.call(listServiceIds, own.ownerToken, { query: { ...query, pagesize: 100, ...pagetoken } });
      for (const { id } of output.serviceids) seen.add(id);
      next = output.next;
      pagetoken = { pagetoken: new URL(next ?? 'http://h').searchParams.get('pagetoken') ?? '' };
    } while (next !== undefined);
    expect(seen.size).toBe(count);
  }
  const isPostgres = process.env.ROOTWARD_TEST_ENGINE === 'postgres';
  // As PostgreSQL does by itself after so many new rows.
  if (isPostgres) await own.store.db.executeQuery(CompiledQuery.raw('ANALYZE service_ids'));
  const from = { value: 'ServiceId-05000', id: 'ServiceId-05000' };
  const page = { accountId, sort: 'id' as const, descending: false, backwards: false, limit: 21 };
  for (const wanted of [
    { ...page, from },
    { ...page, name: 'n00001' },
  ]) {
    const compiled = serviceIdsQuery(own.store.db, wanted).compile();
    const explain = isPostgres ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN';
    const plan = JSON.stringify((await own.store.db.executeQuery({ ...compiled, sql: `${explain} ${compiled.sql}` })).rows);
    expect(plan).toMatch(/service_ids_(by_account|by_name|pk)/);
    expect(plan).not.toMatch(/SCAN service_ids(?! USING)|Seq Scan|TEMP B-TREE/);
  }
}, 120_000);

test('is on record with the key that came with it, and with the instances as which it may act', async () => {
  const crn = `crn:v1:bluemix:public:kms:eu-de:a/${server.account.accountId}:an-instance::`;
  const made = await make({ apikey: { name: 'first key' } });
  await update(made.id, made.entity_tag, { unique_instance_crns: [crn] });
  const records = (await server.auditRecords()).filter(
    ({ responseData }) => (responseData as { serviceId?: string }).serviceId === made.id,
  );
  expect(records).toMatchObject([
    { responseData: { keyId: made.apikey?.id, keyName: 'first key' } },
    { requestData: { instances: [crn] } },
  ]);
  expect(JSON.stringify(records)).not.toContain(made.apikey?.apikey);
});
