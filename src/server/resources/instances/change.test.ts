import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { getInstance } from '../../../contract/instances/get.ts';
import { listInstances } from '../../../contract/instances/list.ts';
import { lockInstance, unlockInstance } from '../../../contract/instances/lock.ts';
import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import { updateInstance } from '../../../contract/instances/update.ts';
import { listKeys } from '../../../contract/key-list/list.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

const TIERED = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const planId = (name: string) => OFFERINGS.flatMap(({ plans }) => plans).find((plan) => plan.name === name)?.id ?? '';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const body = (name: string, change: object = {}) => ({
  name,
  target: 'us-south',
  resource_group: server.account.resourceGroupId,
  resource_plan_id: TIERED,
  ...change,
});
const create = async (name: string, change: object = {}, headers: object = {}) =>
  (await server.call(createInstance, server.ownerToken, { body: body(name, change), headers })).output;
const update = async (id: string, change: object, token = server.ownerToken) =>
  (await server.call(updateInstance, token, { params: { id }, body: change })).output;
const remove = (id: string) => server.call(deleteInstance, server.ownerToken, { params: { id } });
const act = async (operation: typeof lockInstance, id: string, token = server.ownerToken) =>
  (await server.call(operation, token, { params: { id } })).output;
const show = async (id: string) => (await server.call(getInstance, server.ownerToken, { params: { id } })).output;
/** Does the key service take a request from the public network? */
const isPublic = (guid: string) =>
  server.call(listKeys, server.ownerToken, { headers: { 'bluemix-instance': guid } }).then(
    () => true,
    (error: { code: string }) => {
      expect(error.code).toBe('NETWORK_DENIED');
      return false;
    },
  );

describe('a name', () => {
  test.each(['kp', ' kp ', '名前 – „ключ“ 🔑', '🔑'.repeat(180)])('%j is kept without the blanks around it', async (name) => {
    expect((await create(name)).name).toBe(name.trim());
  });

  test.each(['', '   ', 'x'.repeat(181), 'a\nb', 'a\u0000b', 'a\u001b[31mb'])('%j is refused by its field', async (name) => {
    await expect(create(name)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'name' } });
    const { guid } = await create('named');
    await expect(update(guid, { name })).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'name' } });
  });
});

describe('parameters', () => {
  test.each([
    [{ allowed_network: 'private' }, 'parameters.allowed_network'],
    [{ allowed_network: 1 }, 'parameters.allowed_network'],
    [{ units: 2 }, 'parameters.units'],
    [{ constructor: 'x' }, 'parameters.constructor'],
    [{ 'service-endpoints': 'none' }, 'parameters.service-endpoints'],
    [{ 'service-endpoints': 'public', allowed_network: 'private-only' }, 'parameters.service-endpoints'],
  ])('%j are refused by name', async (parameters, name) => {
    await expect(create('p', { parameters })).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name } });
    const { guid } = await create('p');
    await expect(update(guid, { parameters })).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name } });
  });

  test.each([{ allowed_network: 'private-only' }, { 'service-endpoints': 'private' }])(
    '%j shut the public network out from the first moment on',
    async (parameters) => {
      const { guid } = await create('private', { parameters });
      expect(await isPublic(guid)).toBe(false);
      await server.call(listKeys, server.ownerToken, { headers: { 'bluemix-instance': guid } }, { network: 'private' });
      const opened = await update(guid, { parameters: { allowed_network: 'public-and-private' } });
      expect(opened.parameters).toEqual({ allowed_network: 'public-and-private' });
      expect(await isPublic(guid)).toBe(true);
      await update(guid, { parameters });
      expect(await isPublic(guid)).toBe(false);
    },
  );

  test('about networks are changed only by who may set policies of the instance', async () => {
    const { guid } = await create('guarded', { parameters: { allowed_network: 'private-only' } });
    const editor = await addPerson(server, 'editor');
    await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Editor`], service: 'kms' });
    const parameters = { allowed_network: 'public-and-private' };
    await expect(update(guid, { parameters }, editor.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    expect(await isPublic(guid)).toBe(false);
    expect((await update(guid, { name: 'renamed' }, editor.token)).name).toBe('renamed');
    await grant(server, { iamId: editor.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
    await update(guid, { parameters }, editor.token);
    expect(await isPublic(guid)).toBe(true);
  });
});

describe('an update', () => {
  test('changes what it names, and nothing else', async () => {
    const made = await create('before', { tags: ['a', 'a', 'b'], parameters: { allowed_network: 'private-only' } });
    expect(made).toMatchObject({ tags: ['a', 'b'], allow_cleanup: false });
    server.clock.advance(1000);
    const changed = await update(made.guid, { name: ' after ', allow_cleanup: true });
    expect(changed).toEqual({
      ...made,
      name: 'after',
      allow_cleanup: true,
      updated_at: '2026-01-02T03:04:06Z',
      last_operation: { ...made.last_operation, type: 'update', description: 'Completed update instance operation' },
    });
    expect(await show(made.guid)).toEqual(changed);
  });

  test('of the plan stays in the service and in its regions, and is in the history', async () => {
    const { guid } = await create('planned');
    const crossRegion = planId('cross-region-resiliency');
    const changed = await update(guid, { resource_plan_id: crossRegion });
    expect(changed.plan_history.map((entry) => entry.resource_plan_id)).toEqual([TIERED, crossRegion]);
    expect((await update(guid, { resource_plan_id: crossRegion })).plan_history).toHaveLength(2);
    const elsewhere = await create('elsewhere', { target: 'eu-gb' });
    for (const [id, plan, code] of [
      [guid, planId('standard'), 'INVALID_FIELD'],
      [guid, 'no-plan', 'SERVICE_UNKNOWN'],
      [elsewhere.guid, crossRegion, 'INVALID_FIELD'],
    ] as const) {
      await expect(update(id, { resource_plan_id: plan })).rejects.toMatchObject({ code, target: { name: 'resource_plan_id' } });
    }
    await expect(create('x', { target: 'eu-gb', resource_plan_id: crossRegion })).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { name: 'target' },
    });
  });

  test('is for Editors of the account, not for Viewers, Writers or neighbours', async () => {
    const { guid } = await create('mine');
    const viewer = await addPerson(server, 'viewer');
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`, `${SERVICE}Manager`], service: 'kms' });
    const other = await server.addAccount();
    await expect(update(guid, { name: 'no' }, viewer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(update(guid, { name: 'no' }, other.token)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    for (const operation of [lockInstance, unlockInstance]) {
      await expect(act(operation, guid, viewer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      await expect(act(operation, guid, other.token)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    }
    expect((await show(guid)).name).toBe('mine');
  });

  test('of an instance that was deleted is refused', async () => {
    const { guid } = await create('gone');
    await remove(guid);
    await expect(update(guid, { name: 'back' })).rejects.toMatchObject({ code: 'RESOURCE_GONE' });
    for (const operation of [lockInstance, unlockInstance])
      await expect(act(operation, guid)).rejects.toMatchObject({ code: 'RESOURCE_GONE' });
  });
});

describe('a locked instance', () => {
  test('can be neither changed nor deleted until it is unlocked', async () => {
    const { guid, locked } = await create('locked', {}, { 'entity-lock': 'true' });
    expect(locked).toBe(true);
    await expect(update(guid, { name: 'no' })).rejects.toMatchObject({ code: 'INSTANCE_LOCKED' });
    await expect(remove(guid)).rejects.toMatchObject({ code: 'INSTANCE_LOCKED' });
    expect((await act(unlockInstance, guid)).locked).toBe(false);
    expect((await act(unlockInstance, guid)).locked).toBe(false);
    expect((await act(lockInstance, guid)).locked).toBe(true);
    expect((await act(lockInstance, guid)).locked).toBe(true);
    await expect(remove(guid)).rejects.toMatchObject({ code: 'INSTANCE_LOCKED' });
    await act(unlockInstance, guid);
    await remove(guid);
  });

  test.each([
    ['TRUE', true],
    ['false', false],
    ['', false],
  ])('is made by Entity-Lock %j: %j', async (header, locked) => {
    expect((await create('l', {}, { 'entity-lock': header })).locked).toBe(locked);
  });

  test('is not made by another value', async () => {
    await expect(create('l', {}, { 'entity-lock': 'yes' })).rejects.toMatchObject({
      target: { type: 'header', name: 'entity-lock' },
    });
  });
});

test('every change is on record under the name of its service', async () => {
  const { guid } = await create('recorded');
  await update(guid, { name: 'renamed' });
  await act(lockInstance, guid);
  await act(unlockInstance, guid);
  const records = (await server.auditRecords()).filter(({ target }) => (target as { id: string }).id.includes(guid));
  expect(records.map(({ action, severity }) => [action, severity])).toEqual([
    ['kms.instance.update', 'warning'],
    ['kms.instance.lock', expect.any(String)],
    ['kms.instance.unlock', expect.any(String)],
  ]);
  expect(records[0]).toMatchObject({
    requestData: { initialValue: { resourceName: 'recorded' }, newValue: { resourceName: 'renamed' } },
  });
});

describe('a list of 250 instances', () => {
  let own: TestServer;
  const guids: string[] = [];
  beforeAll(async () => {
    own = await startTestServer();
    const wanted = body('i', { resource_group: own.account.resourceGroupId });
    const made = await Promise.all(
      Array.from({ length: 250 }, (_, n) =>
        own.call(createInstance, own.ownerToken, { body: { ...wanted, name: `i${n % 50}` } }),
      ),
    );
    guids.push(...made.map(({ output }) => output.guid));
  });
  afterAll(() => own[Symbol.asyncDispose]());

  /** As the published pager does it: the same question, and `start` of each `next_url`. */
  async function pages(query: object, token = own.ownerToken): Promise<string[][]> {
    const seen: string[][] = [];
    let start: string | undefined;
    do {
      const input = { query: { ...query, ...(start !== undefined && { start }) } };
      const { output } = await own.call(listInstances, token, input);
      seen.push(output.resources.map(({ guid }) => guid));
      start = output.next_url === null ? undefined : (new URL(output.next_url, 'http://x').searchParams.get('start') ?? '');
    } while (start !== undefined);
    return seen;
  }

  test.each([
    [{ limit: 100 }, 3],
    [{ limit: 50 }, 5],
    [{}, 3],
  ])('by pages of %j is complete, and nothing comes twice', async (query, count) => {
    const seen = await pages(query);
    expect(seen).toHaveLength(count);
    expect(seen.flat().sort()).toEqual([...guids].sort());
  });

  test('stays complete while others are made and deleted', async () => {
    const first = await own.call(listInstances, own.ownerToken, { query: { limit: 100 } });
    const [gone = ''] = first.output.resources.map(({ guid }) => guid);
    await own.call(deleteInstance, own.ownerToken, { params: { id: gone } });
    const start = new URL(first.output.next_url ?? '', 'http://x').searchParams.get('start') ?? '';
    const rest = await pages({ limit: 100, start });
    expect(new Set([...first.output.resources.map(({ guid }) => guid), ...rest.flat()])).toEqual(new Set(guids));
    guids.splice(guids.indexOf(gone), 1);
  });

  test('shows to a Viewer of three just those, on whatever page they are', async () => {
    const viewer = await addPerson(own, 'three');
    const three = guids.filter((_, n) => n % 80 === 3).slice(0, 3);
    for (const value of three) {
      const attributes = [{ name: 'serviceInstance', value }];
      await grant(own, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'kms', attributes });
    }
    expect((await pages({ limit: 100 }, viewer.token)).flat().sort()).toEqual([...three].sort());
    const other = await own.addAccount();
    expect((await pages({}, other.token)).flat()).toEqual([]);
  });

  test('filters by name, and refuses what is no page', async () => {
    expect((await pages({ name: 'i7', limit: 2 })).flat().length).toBeGreaterThanOrEqual(4);
    for (const query of [
      { limit: 0 },
      { limit: 101 },
      { updated_from: 'yesterday' },
      { updated_to: '2026-13-01' },
      { state: 'new' },
    ]) {
      await expect(own.call(listInstances, own.ownerToken, { query } as never)).rejects.toMatchObject({
        code: 'INVALID_QUERY',
        target: { name: Object.keys(query)[0] },
      });
    }
  });

  test('filters by when an instance was changed, the day itself included', async () => {
    const count = async (query: object) => (await pages(query)).flat().length;
    expect(await count({ updated_from: '2026-01-02', updated_to: '2026-01-02' })).toBe(guids.length);
    expect(await count({ updated_from: '2026-01-02T03:04:05Z', updated_to: '2026-01-02T03:04:05Z' })).toBe(guids.length);
    expect(await count({ updated_from: '2026-01-03' })).toBe(0);
    expect(await count({ updated_to: '2026-01-01' })).toBe(0);
    for (const state of ['provisioning', 'failed', 'removed']) expect(await count({ state })).toBe(0);
  });
});
