import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getInstancePolicies } from '../../../contract/instance-policies/get.ts';
import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import { listKeys } from '../../../contract/key-list/list.ts';
import { readKeyMetadata } from '../../../contract/keys/metadata.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import { OPERATIONS } from '../../../contract/operations.ts';
import type { CallHost } from '../../handler.ts';
import { addPerson } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { policyBody } from '../testkit/set-policies.ts';

const INSIDE: CallHost = { address: '10.0.0.9', agent: 'test', network: 'private' };
const denied = { code: 'NETWORK_DENIED' };

let scene: KeyScene;
let id: string;
beforeAll(async () => {
  scene = await openKeyScene();
  ({ id } = await scene.addKey());
});
afterAll(() => scene[Symbol.asyncDispose]());
beforeEach(async () => {
  await set('allowedNetwork', false);
  await set('allowedIP', false);
});

function set(policy_type: string, enabled: boolean, attributes?: object, host: Partial<CallHost> = INSIDE) {
  const { server, headers } = scene;
  const body = policyBody({ policy_type, policy_data: { enabled, ...(attributes && { attributes }) } });
  return server.call(putInstancePolicies, server.ownerToken, { headers, query: {}, body } as never, host);
}

const from = (host: Partial<CallHost>, token = scene.server.ownerToken) =>
  scene.server.call(wrapDek, token, { headers: scene.headers, params: { id }, body: { plaintext: 'AAAA' } } as never, host);

describe('an instance for the private network only', () => {
  beforeEach(async () => {
    await set('allowedNetwork', true, { allowed_network: 'private-only' });
  });

  it('refuses the public network, and takes the private one, cached or not', async () => {
    for (let time = 0; time < 2; time += 1) {
      await expect(from({ network: 'public' })).rejects.toMatchObject(denied);
      await expect(from(INSIDE)).resolves.toBeDefined();
    }
  });

  it('takes what comes from inside the server', async () => {
    const { pipeline, authenticate, ownerToken } = scene.server;
    const owner = await authenticate(ownerToken);
    await expect(pipeline.invoke(readKeyMetadata, owner, { headers: scene.headers, params: { id } })).resolves.toBeDefined();
  });

  it('refuses by every operation of the key service', async () => {
    const { pipeline, authenticate, ownerToken, clock } = scene.server;
    const principal = await authenticate(ownerToken);
    const call = (host: CallHost) => ({
      principal,
      input: { headers: scene.headers, params: { id, crn: 'crn', alias: 'alias' }, query: {}, body: {} },
      correlationId: 'c',
      now: clock.now(),
      host,
      mustBeCurrent: () => undefined,
    });
    const keyProtect = OPERATIONS.filter(({ api }) => api === 'key-protect');
    expect(keyProtect.length).toBeGreaterThan(40);
    for (const { name } of keyProtect) {
      const handler = pipeline.handlers.get(name);
      const outside = await handler?.resolve(call({ ...INSIDE, network: 'public' }) as never);
      expect([name, outside?.missing?.code]).toEqual([name, 'NETWORK_DENIED']);
      const inside = await handler?.resolve(call(INSIDE) as never);
      expect([name, inside?.missing?.code]).not.toEqual([name, 'NETWORK_DENIED']);
    }
  });

  it('says so only to those who may know that it is there', async () => {
    const stranger = await addPerson(scene.server, `stranger ${Math.random()}`);
    const { token } = await scene.server.addAccount();
    await expect(from({ network: 'public' }, stranger.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(from({ network: 'public' }, token)).rejects.toMatchObject({
      code: expect.stringMatching(/ACTION_DENIED|INSTANCE_UNKNOWN/),
    });
  });

  it('is open again at once when the policy is turned off or lets both networks in', async () => {
    await set('allowedNetwork', true, { allowed_network: 'public-and-private' });
    await expect(from({ network: 'public' })).resolves.toBeDefined();
    await set('allowedNetwork', true, { allowed_network: 'private-only' });
    await expect(from({ network: 'public' })).rejects.toMatchObject(denied);
    await set('allowedNetwork', false);
    await expect(from({ network: 'public' })).resolves.toBeDefined();
  });

  it('refuses even to show or change its policies', async () => {
    const { server, headers } = scene;
    await expect(server.call(getInstancePolicies, server.ownerToken, { headers, query: {} } as never)).rejects.toMatchObject(
      denied,
    );
    await expect(set('allowedNetwork', false, undefined, { network: 'public' })).rejects.toMatchObject(denied);
  });

  it('leaves refusals on record as critical', async () => {
    await from({ network: 'public' }).catch(() => undefined);
    expect((await scene.server.auditRecords()).at(-1)).toMatchObject({
      action: 'kms.secrets.wrap',
      outcome: 'failure',
      severity: 'critical',
      reason: { reasonCode: 401 },
    });
  });
});

describe('an instance for certain addresses', () => {
  it('takes these on the public network, of either family, and any on the private one', async () => {
    await set('allowedIP', true, { allowed_ip: ['192.0.2.7/24', '2001:db8::/32'] });
    for (const address of ['192.0.2.200', '2001:db8:1::1', '::ffff:192.0.2.3'])
      await expect(from({ address, network: 'public' })).resolves.toBeDefined();
    for (const address of ['192.0.3.1', '2001:db9::1', '127.0.0.1', 'unix', ''])
      await expect(from({ address, network: 'public' })).rejects.toMatchObject(denied);
    await expect(from({ address: '203.0.113.1', network: 'private' })).resolves.toBeDefined();
  });

  it('takes nobody from the public network when it is also for the private one only', async () => {
    await set('allowedIP', true, { allowed_ip: ['192.0.2.0/24'] });
    await set('allowedNetwork', true, { allowed_network: 'private-only' });
    await expect(from({ address: '192.0.2.1', network: 'public' })).rejects.toMatchObject(denied);
  });
});

describe('whoever shuts out their own network', () => {
  it('is warned with the answer', async () => {
    const outcome = await set('allowedNetwork', true, { allowed_network: 'private-only' }, { network: 'public' });
    expect(outcome.headers?.['rootward-warning']).toContain('policy-reset');
    await expect(from({ network: 'public' })).rejects.toMatchObject(denied);
  });

  it('is not warned when their own way stays open', async () => {
    const by = { address: '192.0.2.1', network: 'public' } as const;
    const outcomes = [
      await set('allowedIP', true, { allowed_ip: ['192.0.2.0/24'] }, by),
      await set('metrics', true, undefined, by),
      await set('allowedNetwork', true, { allowed_network: 'private-only' }),
    ];
    for (const { headers } of outcomes) expect(headers).toBeUndefined();
  });
});

it('a list is refused as a key is', async () => {
  await set('allowedNetwork', true, { allowed_network: 'private-only' });
  const { server, headers } = scene;
  await expect(server.call(listKeys, server.ownerToken, { headers, query: {} } as never)).rejects.toMatchObject(denied);
  await expect(server.call(listKeys, server.ownerToken, { headers, query: {} } as never, INSIDE)).resolves.toBeDefined();
});
