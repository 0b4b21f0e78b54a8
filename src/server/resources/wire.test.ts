import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploymentCrn, OFFERINGS, REGIONS } from '../../contract/instances/offerings.ts';
import { KEY_TYPE } from '../../contract/keys/key.ts';
import { createHttp } from '../http.ts';
import { createLog } from '../log.ts';
import { startTestServer, type TestServer } from '../testkit/test-server.ts';

const KMS = 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6';
const TIERED = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';

/** The fields that are read here; which of them there are depends on what was asked. */
interface Body {
  readonly id: string;
  readonly crn: string;
  readonly guid: string;
  readonly name: string;
  readonly state: string;
  readonly locked: boolean;
  readonly region_id: string;
  readonly error_code: string;
  readonly target: { readonly name: string };
  readonly count: number;
  readonly next?: string;
  readonly children_url: string;
  readonly catalog_crn: string;
  readonly geo_tags: readonly string[];
  readonly metadata: { readonly service?: object };
  readonly resources: readonly Body[];
  readonly items: readonly object[];
}
interface Reply {
  readonly status: number;
  readonly body: Body;
}

let server: TestServer;
let http: FastifyInstance;
beforeAll(async () => {
  server = await startTestServer();
  http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log: createLog({ level: 'fatal' }) });
});
afterAll(async () => {
  await http.close();
  await server[Symbol.asyncDispose]();
});

async function send(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  headers: object = {},
): Promise<Reply> {
  const authorization = `Bearer ${server.ownerToken}`;
  const reply = await http.inject({ method, url, headers: { authorization, ...headers }, ...(payload && { payload }) });
  return { status: reply.statusCode, body: (reply.body === '' ? undefined : reply.json<Body>()) as Body };
}
const wanted = (change: object = {}) => ({
  name: 'kp',
  target: 'us-south',
  resource_group: server.account.resourceGroupId,
  resource_plan_id: TIERED,
  ...change,
});

describe('instances over HTTP', () => {
  test('go through their life as published clients ask for it', async () => {
    const made = await send('POST', '/v2/resource_instances', wanted(), { 'entity-lock': 'true' });
    expect([made.status, made.body.locked]).toEqual([201, true]);
    const at = `/v2/resource_instances/${encodeURIComponent(made.body.crn)}`;
    expect((await send('DELETE', at)).body).toMatchObject({ error_code: 'INSTANCE_LOCKED', status_code: 409 });
    expect((await send('DELETE', `${at}/lock`)).body).toMatchObject({ locked: false });
    expect((await send('POST', `${at}/lock`)).body).toMatchObject({ locked: true });
    await send('DELETE', `${at}/lock`);
    expect(await send('PATCH', at, { name: 'renamed' })).toMatchObject({ status: 200, body: { name: 'renamed' } });
    expect(await send('DELETE', `${at}?recursive=true`)).toEqual({ status: 204, body: undefined });
    expect((await send('GET', at)).body.state).toBe('pending_reclamation');
    const { guid } = made.body;
    const { body: list } = await send(
      'GET',
      `/v1/reclamations?resource_instance_id=${guid}&account_id=${server.account.accountId}`,
    );
    const reclamation = `/v1/reclamations/${list.resources[0]?.id}/actions`;
    expect(await send('POST', `${reclamation}/restore`, { comment: 'a mistake' })).toMatchObject({
      status: 200,
      body: { state: 'RESTORED', entity_crn: made.body.crn, entity_type_id: KMS },
    });
    await send('DELETE', at);
    const again = (await send('GET', `/v1/reclamations?resource_instance_id=${guid}`)).body.resources[0]?.id;
    expect((await send('POST', `/v1/reclamations/${again}/actions/reclaim`, {})).body.state).toBe('RECLAIMED');
    expect((await send('POST', `/v1/reclamations/${again}/actions/explode`, {})).status).toBe(404);
    expect((await send('GET', at)).body.state).toBe('removed');
    expect((await send('DELETE', at)).status).toBe(410);
  });

  test('are made by the older form, too', async () => {
    const body = {
      name: 'older',
      resource_plan_id: TIERED,
      resource_group_id: server.account.resourceGroupId,
      target_crn: deploymentCrn(TIERED, 'eu-de'),
      parameters: {},
    };
    expect(await send('POST', '/v1/resource_instances', body)).toMatchObject({
      status: 201,
      body: { region_id: 'eu-de', name: 'older' },
    });
    expect((await send('POST', '/v1/resource_instances', { ...body, target_crn: 'crn:x' })).body).toMatchObject({
      error_code: 'INVALID_FIELD',
      target: { type: 'field', name: 'target_crn' },
    });
    expect((await send('POST', '/v1/resource_instances', { ...body, resource_group_id: 'none' })).body.target.name).toBe(
      'resource_group_id',
    );
  });

  test('that hold keys stay, with the code and the text that published clients look for', async () => {
    const { guid } = (await send('POST', '/v2/resource_instances', wanted())).body;
    const type = KEY_TYPE;
    const key = {
      metadata: { collectionType: type, collectionTotal: 1 },
      resources: [{ type, name: 'root', extractable: false }],
    };
    expect((await send('POST', '/api/v2/keys', key, { 'bluemix-instance': guid })).status).toBe(201);
    expect(await send('DELETE', `/v2/resource_instances/${guid}`)).toMatchObject({
      status: 409,
      body: {
        error_code: 'RC-ServiceBrokerErrorResponse',
        message: '[409, Conflict] Conflict: Instance contains 1 active keys. Remove all keys before de-provisioning',
      },
    });
  });

  test('have no credentials, bindings or aliases: lists are empty, and what would make one says so', async () => {
    const { guid, crn } = (await send('POST', '/v2/resource_instances', wanted())).body;
    for (const kind of ['resource_keys', 'resource_bindings', 'resource_aliases']) {
      for (const url of [
        `/v2/${kind}?limit=10`,
        `/v2/resource_instances/${guid}/${kind}`,
        `/v2/resource_instances/${encodeURIComponent(crn)}/${kind}`,
      ])
        expect(await send('GET', url)).toEqual({ status: 200, body: { rows_count: 0, next_url: null, resources: [] } });
      expect((await send('GET', `/v2/resource_instances/nowhere/${kind}`)).status).toBe(404);
      expect((await send('POST', `/v2/${kind}`, { name: 'x', source: guid })).body).toMatchObject({
        error_code: 'NOT_SUPPORTED',
      });
      expect((await send('GET', `/v2/${kind}/some-id`)).status).toBe(404);
    }
    expect((await send('DELETE', `/v2/resource_instances/${guid}/last_operation`)).body.error_code).toBe('OPERATION_ENDED');
  });
});

describe('groups over HTTP', () => {
  test('go through their life, at addresses with and without a slash at the end', async () => {
    const made = await send('POST', '/v2/resource_groups/', { name: 'wire', account_id: server.account.accountId });
    expect(made).toEqual({ status: 201, body: { id: expect.any(String), crn: expect.any(String) } });
    const at = `/v2/resource_groups/${made.body.id}`;
    expect((await send('PATCH', at, { name: 'wired', state: 'ACTIVE' })).body.name).toBe('wired');
    expect((await send('PATCH', at, { state: 'SUSPENDED' })).body.target.name).toBe('state');
    const listed = await send(
      'GET',
      `/v2/resource_groups/?account_id=${server.account.accountId}&include_deleted=false&date=2026-01`,
    );
    expect(listed.body.resources.map(({ name }) => name)).toEqual(['Default', 'wired']);
    expect((await send('DELETE', at)).status).toBe(204);
    expect((await send('GET', at)).status).toBe(404);
    expect((await send('GET', '/v2/quota_definitions')).body).toEqual({ resources: [] });
  });
});

describe('the catalog', () => {
  const read = async (url: string): Promise<Reply> => {
    const reply = await http.inject({ url });
    return { status: reply.statusCode, body: reply.json<Body>() };
  };

  test('leads from the name of a service to the target of an instance, without a token, as Terraform goes', async () => {
    const services = await read('/api/v1/?q=kms&include=*');
    expect(services.body).toMatchObject({ count: 1, offset: 0, resource_count: 1 });
    const [service] = services.body.resources;
    expect(service).toMatchObject({
      id: KMS,
      name: 'kms',
      kind: 'service',
      active: true,
      metadata: { rc_compatible: true, service: { type: 'kms', rc_provisionable: true } },
    });
    const plans = await read(service?.children_url ?? '');
    expect(plans.body.resources.map(({ name }) => name)).toEqual(['tiered-pricing', 'cross-region-resiliency']);
    const deployments = await read(`/api/v1/${TIERED}/deployment?include=*&_limit=200`);
    expect(deployments.body.count).toBe(REGIONS.length);
    const [first] = deployments.body.resources;
    expect(first).toMatchObject({
      id: `${TIERED}:us-south`,
      kind: 'deployment',
      catalog_crn: deploymentCrn(TIERED, 'us-south'),
      metadata: { rc_compatible: true, deployment: { location: 'us-south', target_crn: deploymentCrn(TIERED, 'us-south') } },
    });
    const made = await send('POST', '/v2/resource_instances', wanted({ target: first?.catalog_crn }));
    expect([made.status, made.body.region_id]).toEqual([201, 'us-south']);
  });

  test('shows every entry by its id, and a service also by its name', async () => {
    for (const { id, service, plans } of OFFERINGS) {
      expect((await read(`/api/v1/${id}`)).body).toEqual((await read(`/api/v1/${service}`)).body);
      for (const plan of plans) {
        expect((await read(`/api/v1/${plan.id}`)).body).toMatchObject({ kind: 'plan', parent_id: id, name: plan.name });
        expect((await read(`/api/v1/${encodeURIComponent(`${plan.id}:eu-de`)}`)).body).toMatchObject({ kind: 'deployment' });
      }
    }
    expect((await read('/api/v1/containers-kubernetes')).body.metadata.service).toMatchObject({ rc_provisionable: false });
    for (const url of ['/api/v1/nothing', '/api/v1/nothing/plan'])
      expect(await read(url)).toMatchObject({ status: 404, body: { error_code: 'CATALOG_NOT_FOUND' } });
    expect((await read(`/api/v1/${KMS}/template`)).body.resources).toEqual([]);
    expect((await read(`/api/v1/${KMS}/*`)).body.count).toBe(2);
    for (const absent of ['visibility', 'pricing', 'logs', 'artifacts'])
      expect(await read(`/api/v1/${KMS}/${absent}`)).toMatchObject({ status: 501, body: { error_code: 'NOT_SUPPORTED' } });
  });

  test('offers resiliency across regions in its three regions only', async () => {
    const plan = OFFERINGS[0]?.plans.find(({ name }) => name === 'cross-region-resiliency');
    const { body } = await read(`/api/v1/${plan?.id}/deployment`);
    expect(body.resources.flatMap(({ geo_tags }) => geo_tags)).toEqual(['us-south', 'jp-tok', 'eu-de']);
  });

  test('is read page by page, and searched', async () => {
    const seen: string[] = [];
    let next: string | undefined = `/api/v1/${TIERED}/deployment?_limit=5`;
    while (next !== undefined) {
      const { body }: Reply = await read(next);
      seen.push(...body.resources.map(({ id }) => id));
      next = body.next;
    }
    expect(new Set(seen).size).toBe(REGIONS.length);
    const two = (page: number): string => `/api/v1/${KMS}/plan?_limit=1&_offset=${page}`;
    expect((await read(two(1))).body).toMatchObject({ first: two(0), prev: two(0), last: two(1) });
    expect((await read(two(0))).body).not.toHaveProperty('prev');
    expect((await read('/api/v1/?q=name:none&_limit=1')).body).toMatchObject({
      last: '/api/v1/?_limit=1&_offset=0&q=name%3Anone',
    });
    const names = async (q: string) => (await read(`/api/v1/?q=${encodeURIComponent(q)}`)).body.resources.map(({ name }) => name);
    expect(await names('')).toEqual(['kms', 'hs-crypto', 'containers-kubernetes']);
    expect(await names('name:hs-crypto kind:service')).toEqual(['hs-crypto']);
    expect(await names('hardware')).toEqual(['hs-crypto']);
    expect(await names('name:none')).toEqual([]);
    expect((await read('/api/v1/?_limit=0')).body).toMatchObject({ error_code: 'INVALID_QUERY', target: { name: '_limit' } });
  });
});

test('search and tags are where published clients look for them, and want a token', async () => {
  await send('POST', '/v2/resource_instances', wanted({ name: 'found' }));
  const found = await send('POST', `/v3/resources/search?limit=50&account_id=${server.account.accountId}`, {
    query: 'name:found',
  });
  expect(found.body.items).toMatchObject([{ name: 'found', doc: { sub_type: 'kms' } }]);
  expect((await send('GET', '/v3/tags?attached_to=x')).body).toMatchObject({ items: [] });
  for (const [method, url] of [
    ['POST', '/v3/resources/search'],
    ['GET', '/v3/tags'],
    ['GET', '/v1/reclamations'],
  ] as const) {
    const reply = await http.inject({ method, url, ...(method === 'POST' && { payload: {} }) });
    expect([url, reply.statusCode, reply.json<{ error_code: string }>().error_code]).toEqual([url, 401, 'UNAUTHENTICATED']);
  }
  for (const url of ['/v3/nothing', '/v1/reclamations/x', '/v2/quota_definitions/x'])
    expect((await send('GET', url)).body).toMatchObject({ error_code: expect.any(String) });
});
