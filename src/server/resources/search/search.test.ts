import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RootwardError } from '../../../contract/errors.ts';
import { createGroup } from '../../../contract/groups/create.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import { type FoundItem, findResources } from '../../../contract/search/find.ts';
import { listTags } from '../../../contract/search/tags.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { ORIGIN, startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { formatCursor, parseCursor } from './cursor.ts';

const DISCOVERY = '(type:resource-instance AND doc.sub_type:kms)';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const name of ['payments', 'payroll']) await create(name, 'kms');
  await create('hsm', 'hs-crypto', 'eu-de');
  await server.call(createGroup, server.ownerToken, { body: { name: 'team' } });
  await addCluster(server, 'prod');
});
afterAll(() => server[Symbol.asyncDispose]());

async function create(name: string, service: string, target = 'us-south', tags: string[] = []): Promise<string> {
  const plan = OFFERINGS.find((offering) => offering.service === service)?.plans[0]?.id ?? '';
  const body = { name, target, resource_group: server.account.resourceGroupId, resource_plan_id: plan, tags };
  return (await server.call(createInstance, server.ownerToken, { body })).output.guid;
}
const search = async (body: object, query: object = {}, token = server.ownerToken) =>
  (await server.call(findResources, token, { body, query: { limit: 100, ...query } } as never)).output;
const names = ({ items }: { readonly items: readonly FoundItem[] }) => items.map(({ name = '' }) => name).sort();

describe('a search', () => {
  test('finds the instances of a provider as services that use keys look for them', async () => {
    const found = await search({ query: DISCOVERY }, { limit: 50, account_id: server.account.accountId });
    expect(names(found)).toEqual(['payments', 'payroll']);
    const end = await search({ search_cursor: found.search_cursor }, { limit: 50 });
    expect([end.items, end.search_cursor]).toEqual([[], undefined]);
    const [item] = found.items;
    expect(item).toMatchObject({
      crn: expect.stringMatching(/^crn:v1:bluemix:public:kms:us-south:/),
      family: 'resource_controller',
      type: 'resource-instance',
      account_id: server.account.accountId,
      doc: { id: item?.crn, sub_type: 'kms', extensions: { endpoints: { public: ORIGIN, private: ORIGIN } } },
    });
  });

  test.each([
    [{}, ['Default', 'hsm', 'payments', 'payroll', 'prod', 'team']],
    [{ query: 'pay*' }, ['payments', 'payroll']],
    [{ query: 'name:pay* AND NOT name:payroll' }, ['payments']],
    [{ query: 'region:eu-de' }, ['hsm']],
    [{ query: 'service_name:hs-crypto OR type:resource-group' }, ['Default', 'hsm', 'team']],
    [{ query: 'family:containers' }, ['prod']],
    [{ query: 'crn:*:containers-kubernetes:*' }, ['prod']],
  ])('%j finds %j', async (body, expected) => {
    expect(names(await search(body))).toEqual(expected);
  });

  test('gives the fields that are asked for', async () => {
    const [item] = (
      await search({ query: 'name:payments', fields: ['name', 'doc.sub_type', 'doc.extensions.endpoints.public', 'no'] })
    ).items;
    expect(item).toEqual({
      crn: item?.crn,
      name: 'payments',
      doc: { sub_type: 'kms', extensions: { endpoints: { public: ORIGIN } } },
    });
    expect((await search({ query: 'name:payments', fields: ['*'] })).items[0]).toHaveProperty('doc.guid');
  });

  test('shows only what the caller may see: a Viewer of one instance, and neither service roles nor neighbours more', async () => {
    const viewer = await addPerson(server, 'viewer');
    const [payments] = (await search({ query: 'name:payments' })).items;
    const attributes = [{ name: 'serviceInstance', value: payments?.service_instance ?? '' }];
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'kms', attributes });
    const manager = await addPerson(server, 'manager');
    await grant(server, { iamId: manager.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
    const other = await server.addAccount();
    const types = 'type:resource-instance OR type:k8-cluster';
    expect(names(await search({ query: types }, {}, viewer.token))).toEqual(['payments']);
    expect(names(await search({ query: types }, {}, manager.token))).toEqual([]);
    expect(names(await search({}, {}, other.token))).toEqual(['Default']);
    await expect(search({}, { account_id: server.account.accountId }, other.token)).rejects.toMatchObject({
      code: 'ACCOUNT_MISMATCH',
    });
  });

  test('finds deleted instances only for who asks for them', async () => {
    const guid = await create('gone', 'kms');
    await server.call(deleteInstance, server.ownerToken, { params: { id: guid } });
    const of = async (query: object) => names(await search({ query: 'name:gone OR name:payments' }, query));
    expect(await of({})).toEqual(['payments']);
    expect(await of({ is_reclaimed: 'true' })).toEqual(['gone']);
    expect(await of({ is_reclaimed: 'any' })).toEqual(['gone', 'payments']);
    expect(await of({ is_deleted: 'true' })).toEqual([]);
  });

  test('refuses what it does not understand', async () => {
    await expect(search({ query: 'a b' })).rejects.toMatchObject({ code: 'SEARCH_QUERY' });
    await expect(search({}, { sort: 'name' })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await expect(search({}, { limit: 0 })).rejects.toMatchObject({ code: 'INVALID_QUERY' });
    await expect(search({ search_cursor: 'x' })).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { name: 'search_cursor' },
    });
  });

  test('goes on from its cursor, whatever else the body says, until everything was there once', async () => {
    const seen: string[] = [];
    let body: object = { query: '*', fields: ['name'] };
    for (let pages = 0; pages < 20; pages += 1) {
      const { items, search_cursor } = await search(body, { limit: 2 });
      seen.push(...items.map(({ name = '' }) => name));
      if (items[0]) expect(items[0]).not.toHaveProperty('doc');
      if (search_cursor === undefined) break;
      body = { search_cursor, query: 'name:nothing' };
    }
    expect(seen.sort()).toEqual(['Default', 'hsm', 'payments', 'payroll', 'prod', 'team']);
  });

  test('is complete over pages of 500 instances', async () => {
    await using own = await startTestServer();
    const body = {
      name: 'many',
      target: 'us-south',
      resource_group: own.account.resourceGroupId,
      resource_plan_id: OFFERINGS[0]?.plans[0]?.id ?? '',
    };
    const template = (await own.call(createInstance, own.ownerToken, { body })).output.guid;
    await own.store.change(['keys'], async (tx) => {
      const row = await tx.selectFrom('instances').selectAll().where('guid', '=', template).executeTakeFirstOrThrow();
      for (let n = 0; n < 1000; n += 100) {
        const rows = Array.from({ length: 100 }, (_, at) => ({ ...row, guid: `i-${String(n + at).padStart(4, '0')}` }));
        await tx.insertInto('instances').values(rows).execute();
      }
    });
    const found = new Set<string>();
    let next: object | undefined = { query: 'name:many', fields: ['crn'] };
    while (next) {
      const { output }: { output: { items: FoundItem[]; search_cursor?: string } } = await own.call(
        findResources,
        own.ownerToken,
        {
          body: next,
          query: { limit: 400 },
        },
      );
      for (const { crn } of output.items) found.add(crn);
      next = output.search_cursor === undefined ? undefined : { search_cursor: output.search_cursor };
    }
    expect(found.size).toBe(1001);
  });
});

describe('a cursor', () => {
  test('is refused by name whatever it is, unless it is one', { timeout: FUZZ_MS }, () => {
    const cursor = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
      fc
        .record({ query: fc.anything(), fields: fc.anything(), states: fc.anything(), after: fc.anything() })
        .map((said) =>
          Buffer.from(JSON.stringify(said, (_, value) => (typeof value === 'bigint' ? null : value))).toString('base64url'),
        ),
    );
    fc.assert(
      fc.property(cursor, (text) => {
        try {
          parseCursor(text);
        } catch (error) {
          expect((error as RootwardError).code).toBe('INVALID_FIELD');
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test('says the question and the place again', () => {
    const question = { query: 'name:ä', fields: ['crn'], states: ['active'], after: { kind: 'group', id: 'g' } } as const;
    expect(parseCursor(formatCursor(question))).toEqual(question);
  });
});

test('the tags of an instance are those that it was created with; what is not there has none', async () => {
  const guid = await create('tagged', 'kms', 'us-south', ['prod', 'team:a']);
  const tags = async (attached_to: string | undefined, token = server.ownerToken) =>
    (await server.call(listTags, token, { query: attached_to === undefined ? {} : { attached_to } })).output.items.map(
      ({ name }) => name,
    );
  expect(await tags(guid)).toEqual(['prod', 'team:a']);
  expect(await tags('nowhere')).toEqual([]);
  expect(await tags(undefined)).toEqual([]);
  const other = await server.addAccount();
  expect(await tags(guid, other.token)).toEqual([]);
});
