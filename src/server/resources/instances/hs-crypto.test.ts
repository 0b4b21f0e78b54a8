import { afterAll, beforeAll, expect, test } from 'vitest';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { getInstance } from '../../../contract/instances/get.ts';
import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import { listKeys } from '../../../contract/key-list/list.ts';
import { createKeyRing } from '../../../contract/key-rings/create.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { createKeyWithPolicies } from '../../../contract/keys/creation/create-with-policies.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import { listKmsInstances } from '../../clusters/enabling/key-facts.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

const PLANS = OFFERINGS.find(({ service }) => service === 'hs-crypto')?.plans ?? [];
const KEY = '5f0ab1b8-1e2c-4a55-9c1f-0d6a2f6f9a10';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const create = async (plan: string, parameters: object = {}) => {
  const body = {
    name: 'hpcs',
    target: 'us-south',
    resource_group: server.account.resourceGroupId,
    resource_plan_id: PLANS.find(({ name }) => name === plan)?.id ?? '',
    parameters: { ...parameters },
  };
  return (await server.call(createInstance, server.ownerToken, { body })).output;
};

test.each(['standard', 'hpcs-hourly-uko'])(
  'an instance of hs-crypto is created by plan %s, without a key of its own',
  async (plan) => {
    const made = await create(plan, { units: '2', failover_units: 0, allowed_network: 'public-and-private' });
    expect(made).toMatchObject({
      sub_type: 'hs-crypto',
      state: 'active',
      parameters: { units: 2, failover_units: 0 },
      extensions: { endpoints: { public: expect.stringMatching(/^http/), private: expect.stringMatching(/^http/) } },
    });
    expect(made.crn).toMatch(/^crn:v1:bluemix:public:hs-crypto:us-south:/);
    const row = await server.store.db
      .selectFrom('instances')
      .select('sealed_key')
      .where('guid', '=', made.guid)
      .executeTakeFirst();
    expect(row?.sealed_key.length).toBe(0);
    const listed = await listKmsInstances(server.store.db, server.account.accountId);
    expect(listed.map(({ guid }) => guid)).toContain(made.guid);
  },
);

test.each([
  { units: 1 },
  { units: 3 },
  { units: 'two' },
  { units: 0 },
  { failover_units: 1 },
  { failover_units: -2 },
  { key: 'x' },
])('%j is refused by name', async (parameters) => {
  const name = `parameters.${Object.keys(parameters)[0]}`;
  await expect(create('standard', parameters)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name } });
});

test('before it is initialized nothing makes or uses a key in it, and everything says why', async () => {
  const { guid } = await create('standard');
  const headers = { 'bluemix-instance': guid };
  const keyBody = (fields: object) => ({
    metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
    resources: [{ type: KEY_TYPE, name: 'root', extractable: false, ...fields }],
  });
  const params = { id: KEY };
  const attempts = [
    () => server.call(createKey, server.ownerToken, { headers, body: keyBody({}) }),
    () => server.call(createKey, server.ownerToken, { headers, body: keyBody({ extractable: true }) }),
    () => server.call(createKey, server.ownerToken, { headers, body: keyBody({ payload: Buffer.alloc(32).toString('base64') }) }),
    () => server.call(createKeyWithPolicies, server.ownerToken, { headers, body: keyBody({}) } as never),
    () => server.call(createImportToken, server.ownerToken, { headers, body: {} } as never),
    () => server.call(wrapDek, server.ownerToken, { headers, params, body: {} }),
    () => server.call(unwrapDek, server.ownerToken, { headers, params, body: { ciphertext: 'eyJh' } }),
    () => server.call(rotateKey, server.ownerToken, { headers, params } as never),
    () => server.call(disableKey, server.ownerToken, { headers, params }),
    () => server.call(deleteKey, server.ownerToken, { headers, params }),
    () => server.call(restoreKey, server.ownerToken, { headers, params } as never),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'INSTANCE_UNINITIALIZED' });
  expect((await server.call(listKeys, server.ownerToken, { headers })).output.resources ?? []).toEqual([]);
  await server.call(createKeyRing, server.ownerToken, { headers, params: { id: 'ring' } } as never);
  const counted = await server.store.db.selectFrom('keys').select('id').where('instance_id', '=', guid).execute();
  expect(counted).toEqual([]);
});

test('its events carry the name of its service, and it is deleted like another', async () => {
  const { guid } = await create('standard');
  await server.call(deleteInstance, server.ownerToken, { params: { id: guid } });
  expect((await server.call(getInstance, server.ownerToken, { params: { id: guid } })).output.state).toBe('pending_reclamation');
  const actions = (await server.auditRecords()).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['hs-crypto.instance.create', 'hs-crypto.instance.delete']));
});
