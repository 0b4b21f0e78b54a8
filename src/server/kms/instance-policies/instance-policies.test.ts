import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getAllowedIpPort } from '../../../contract/instance-policies/allowed-ip-port.ts';
import { getInstancePolicies } from '../../../contract/instance-policies/get.ts';
import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import { addPerson, grant, SERVICE } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { instancePolicies, policyBody, setInstancePolicy } from '../testkit/set-policies.ts';

let scene: KeyScene;
beforeAll(async () => {
  scene = await openKeyScene();
});
afterAll(() => scene[Symbol.asyncDispose]());
beforeEach(async () => {
  await scene.server.store.change(['keys'], async (tx) => {
    await tx.deleteFrom('instance_policies').execute();
  });
});

const put = (body: unknown, query: object = {}) => scene.call(putInstancePolicies, '', { body, query });
const policy = (policy_type: string, enabled: boolean, attributes?: object) => ({
  policy_type,
  policy_data: { enabled, ...(attributes && { attributes }) },
});
const shownData = async () => (await instancePolicies(scene)).map(({ policy_type, policy_data }) => [policy_type, policy_data]);

describe('the policies of an instance', () => {
  it('are none at first', async () => {
    expect(await instancePolicies(scene)).toEqual([]);
    expect(await instancePolicies(scene, { policy: 'metrics' })).toEqual([]);
  });

  it('are set several at a time, without a reply, and say who set them and when', async () => {
    const outcome = await put(policyBody(policy('metrics', true), policy('rotation', true, { interval_month: 2 })));
    expect([outcome.status ?? putInstancePolicies.http.success, outcome.output]).toEqual([204, undefined]);
    const { ownerIamId } = scene.server.account;
    expect(await instancePolicies(scene, { policy: 'rotation' })).toEqual([
      {
        createdBy: ownerIamId,
        creationDate: expect.stringMatching(/Z$/),
        updatedBy: ownerIamId,
        lastUpdated: expect.stringMatching(/Z$/),
        policy_type: 'rotation',
        policy_data: { enabled: true, attributes: { interval_month: 2 } },
      },
    ]);
    expect(await instancePolicies(scene)).toHaveLength(2);
  });

  it('stay listed when they are turned off, with what they had', async () => {
    await setInstancePolicy(scene, 'rotation', true, { interval_month: 2 });
    await setInstancePolicy(scene, 'rotation', false);
    await setInstancePolicy(scene, 'metrics', false);
    expect(await shownData()).toEqual([
      ['metrics', { enabled: false }],
      ['rotation', { enabled: false, attributes: { interval_month: 2 } }],
    ]);
  });

  it('keep when they were made, and tell when they were changed', async () => {
    await setInstancePolicy(scene, 'metrics', true);
    const [before] = await instancePolicies(scene);
    await scene.advance(5000);
    await setInstancePolicy(scene, 'metrics', false);
    const [after] = await instancePolicies(scene);
    expect(after?.creationDate).toBe(before?.creationDate);
    expect(after?.lastUpdated).not.toBe(before?.lastUpdated);
  });

  it('may come in the older shape', async () => {
    await put(policyBody({ type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled: true } }));
    await put(policyBody({ metrics: { enabled: false } }), { policy: 'metrics' });
    expect(await shownData()).toEqual([
      ['dualAuthDelete', { enabled: true }],
      ['metrics', { enabled: false }],
    ]);
  });

  it('belong to one instance', async () => {
    await setInstancePolicy(scene, 'metrics', true);
    const other = await openKeyScene();
    expect(await instancePolicies(other)).toEqual([]);
    await other[Symbol.asyncDispose]();
  });

  it('are on record with what they were and what they are', async () => {
    await setInstancePolicy(scene, 'allowedIP', true, { allowed_ip: ['0.0.0.0/0'] });
    await setInstancePolicy(scene, 'allowedIP', false);
    await instancePolicies(scene);
    const records = await scene.server.auditRecords();
    expect(records.filter(({ action }) => action === 'kms.instance-policies.write').at(-1)).toMatchObject({
      severity: 'warning',
      requestData: {
        initialValue: { allowedIP: { enabled: true, allowed_ip: ['0.0.0.0/0'] } },
        newValue: { allowedIP: { enabled: false, allowed_ip: ['0.0.0.0/0'] } },
      },
    });
    expect(records.at(-1)).toMatchObject({ action: 'kms.instance-policies.read', responseData: { totalResources: 1 } });
  });
});

describe('attributes', () => {
  it('of the creation policy that are not given have their documented defaults', async () => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { create_root_key: false });
    expect(await shownData()).toEqual([
      [
        'keyCreateImportAccess',
        {
          enabled: true,
          attributes: {
            create_root_key: false,
            create_standard_key: true,
            import_root_key: true,
            import_standard_key: true,
            enforce_token: false,
          },
        },
      ],
    ]);
  });

  it.each([
    ['allowedNetwork', undefined, 'INVALID_FIELD', 'attributes'],
    ['allowedNetwork', {}, 'INVALID_FIELD', 'attributes'],
    ['allowedNetwork', { allowed_network: 'everywhere' }, 'INVALID_FIELD', 'allowed_network'],
    ['allowedIP', undefined, 'INVALID_FIELD', 'attributes'],
    ['allowedIP', { allowed_ip: [] }, 'INVALID_FIELD', 'allowed_ip'],
    ['allowedIP', { allowed_ip: ['192.0.2.0/24', '192.0.2.0/33'] }, 'INVALID_FIELD', 'allowed_ip'],
    ['allowedIP', { allowed_ip: '192.0.2.0/24' }, 'INVALID_FIELD', 'resources.0.policy_data.attributes.allowed_ip'],
    ['keyCreateImportAccess', undefined, 'INVALID_FIELD', 'attributes'],
    ['keyCreateImportAccess', {}, 'INVALID_FIELD', 'attributes'],
    ['keyCreateImportAccess', { enforce_token: 'yes' }, 'INVALID_FIELD', 'resources.0.policy_data.attributes.enforce_token'],
    ['rotation', undefined, 'INVALID_FIELD', 'attributes'],
    ['rotation', { interval_month: 0 }, 'INVALID_FIELD', 'interval_month'],
    ['rotation', { interval_month: 13 }, 'INVALID_FIELD', 'interval_month'],
    ['rotation', { interval_month: 1, enforce_token: true }, 'BAD_BODY', 'attributes.enforce_token'],
    ['dualAuthDelete', { interval_month: 1 }, 'BAD_BODY', 'attributes.interval_month'],
    ['metrics', { allowed_network: 'private-only' }, 'BAD_BODY', 'attributes.allowed_network'],
  ])('of %s turned on with %j are refused by name, and nothing changes', async (type, attributes, code, name) => {
    await expect(setInstancePolicy(scene, type, true, attributes)).rejects.toMatchObject({ code, target: { name } });
    expect(await instancePolicies(scene)).toEqual([]);
  });

  it('of a policy that is turned off are kept where they fit, and never stand in the way', async () => {
    await setInstancePolicy(scene, 'allowedNetwork', false, { allowed_network: 'private-only' });
    await setInstancePolicy(scene, 'rotation', false, { interval_month: 99 });
    await setInstancePolicy(scene, 'metrics', false, { interval_month: 1 });
    await setInstancePolicy(scene, 'dualAuthDelete', false, {});
    expect(await shownData()).toEqual([
      ['allowedNetwork', { enabled: false, attributes: { allowed_network: 'private-only' } }],
      ['dualAuthDelete', { enabled: false }],
      ['metrics', { enabled: false }],
      ['rotation', { enabled: false }],
    ]);
  });
});

describe('a request that sets policies of an instance', () => {
  it.each([
    [
      'another kind than the query parameter',
      { policy: 'rotation' },
      policyBody(policy('metrics', true)),
      'POLICY_QUERY_MISMATCH',
    ],
    [
      'two resources for a query parameter',
      { policy: 'metrics' },
      policyBody(policy('metrics', true), policy('dualAuthDelete', true)),
      'POLICY_RESOURCE_COUNT',
    ],
    ['a kind twice', {}, policyBody(policy('metrics', true), policy('metrics', false)), 'BAD_BODY'],
    ['no resource', {}, policyBody(), 'BAD_BODY'],
    ['a policy that there is not', {}, policyBody(policy('nonsense', true)), 'INVALID_FIELD'],
    ['a query parameter that there is not', { policy: 'nonsense' }, policyBody(policy('metrics', true)), 'INVALID_QUERY'],
    ['no policy_data', {}, policyBody({ policy_type: 'metrics' }), 'INVALID_FIELD'],
    ['no enabled', {}, policyBody({ policy_type: 'metrics', policy_data: {} }), 'INVALID_FIELD'],
    ['both shapes', {}, policyBody({ ...policy('metrics', true), metrics: { enabled: true } }), 'BAD_BODY'],
    ['two older shapes', {}, policyBody({ metrics: { enabled: true }, dualAuthDelete: { enabled: true } }), 'BAD_BODY'],
    ['nothing in a resource', {}, policyBody({}), 'BAD_BODY'],
    ['no body', {}, undefined, 'NO_BODY'],
    [
      'another total',
      {},
      { metadata: { collectionTotal: 3 }, resources: [policy('metrics', true)] },
      'COLLECTION_TOTAL_MISMATCH',
    ],
    [
      'one policy that is wrong among others',
      {},
      policyBody(policy('metrics', true), policy('rotation', true, { interval_month: 0 })),
      'INVALID_FIELD',
    ],
  ])('with %s is refused and changes nothing', async (_what, query, body, code) => {
    await expect(put(body, query)).rejects.toMatchObject({ code });
    expect(await instancePolicies(scene)).toEqual([]);
  });

  it('needs a Manager, also to read', async () => {
    const writer = await addPerson(scene.server, 'writer');
    await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
    const denied = { code: 'ACTION_DENIED' };
    const body = policyBody(policy('metrics', true));
    await expect(scene.call(putInstancePolicies, '', { body, token: writer.token })).rejects.toMatchObject(denied);
    await expect(scene.call(getInstancePolicies, '', { token: writer.token })).rejects.toMatchObject(denied);
  });
});

describe('the port of the private endpoint', () => {
  it('is told only while certain addresses are allowed', async () => {
    const ask = async () => (await scene.call(getAllowedIpPort, '')).output;
    expect(await ask()).toMatchObject({ metadata: { collectionTotal: 0 }, resources: [] });
    await setInstancePolicy(scene, 'allowedIP', true, { allowed_ip: ['127.0.0.0/8'] });
    expect((await ask()).resources).toEqual([{ private_endpoint_port: 15_008 }]);
    await setInstancePolicy(scene, 'allowedIP', false);
    expect((await ask()).resources).toEqual([]);
    const record = (await scene.server.auditRecords()).at(-1);
    expect(record).toMatchObject({ action: 'kms.instance-allowed-ip-port.read' });
  });
});
