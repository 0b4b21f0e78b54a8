import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { type EchoServer, type SeenRequest, startEchoServer } from './testkit/echo-server.ts';

const GUID = '1be2ae11-7a5c-4b7e-8c0e-2b1c2d3e4f50';
const OTHER = '2ce2ae11-7a5c-4b7e-8c0e-2b1c2d3e4f51';
const GROUP = '0123456789abcdef0123456789abcdef';
const CRN = `crn:v1:bluemix:public:kms:us-south:a/acc:${GUID}::`;

const instance = (guid: string, change: object = {}) => ({
  id: `crn:v1:bluemix:public:kms:us-south:a/acc:${guid}::`,
  crn: `crn:v1:bluemix:public:kms:us-south:a/acc:${guid}::`,
  guid,
  name: 'payments',
  region_id: 'us-south',
  state: 'active',
  type: 'service_instance',
  sub_type: 'kms',
  resource_group_id: GROUP,
  allow_cleanup: false,
  locked: true,
  created_at: '2026-01-02T03:04:05Z',
  updated_at: '2026-01-02T03:04:05Z',
  last_operation: { type: 'create', state: 'succeeded', description: 'Completed create instance operation' },
  extensions: { endpoints: { public: 'http://x', private: 'http://x' } },
  ...change,
});
const group = { id: GROUP, account_id: 'acc', name: 'team', default: false, state: 'ACTIVE' };
const page = (resources: readonly object[], next_url: string | null = null) => ({
  rows_count: resources.length,
  next_url,
  resources,
});

type Answer = (seen: SeenRequest) => { status: number; body?: unknown } | undefined;
let answer: Answer = () => undefined;
let server: EchoServer;
let folder = '';

/** What a server with one instance `payments` and one group `team` says. */
const usual = ({ method, url }: SeenRequest): { status: number; body?: unknown } => {
  const path = new URL(url, 'http://x');
  if (path.pathname === '/v2/resource_groups' && method === 'GET') return { status: 200, body: { resources: [group] } };
  if (path.pathname === '/v2/resource_instances' && method === 'GET') {
    const name = path.searchParams.get('name');
    return { status: 200, body: page(name === null || name === 'payments' ? [instance(GUID)] : []) };
  }
  return method === 'DELETE' && !url.endsWith('/lock') ? { status: 204 } : { status: 200, body: instance(GUID) };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rootward-cli-'));
  server = await startEchoServer((seen) => answer(seen) ?? usual(seen));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  answer = () => undefined;
  server.seen.length = 0;
});

async function run(...words: readonly string[]) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k' } });
  const status = await runCli(['resource', ...words], io);
  return { status, out: io.stdout(), err: io.stderr() };
}
const lines = () => server.seen.map(({ method, url }) => `${method} ${url}`);
const last = () => server.seen.at(-1);

describe('resource service-instance-create', () => {
  test('sends every flag in the words of the API', async () => {
    const file = join(folder, 'parameters.json');
    writeFileSync(file, '{"units":2}');
    const words = ['service-instance-create', 'hsm', 'hs-crypto', 'standard', 'eu-de', '-p', `@${file}`, '-g', 'team'];
    const { status, err } = await run(...words, '--service-endpoints', 'private', '--allow-cleanup', '--lock', '-q');
    expect([status, err]).toEqual([0, '']);
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/v2/resource_instances',
      headers: { 'entity-lock': 'true' },
      body: {
        name: 'hsm',
        target: 'eu-de',
        resource_group: GROUP,
        resource_plan_id: '2b6c1f3e-71d4-4a0b-8e55-90d3a4c7f816',
        allow_cleanup: true,
        parameters: { units: 2, 'service-endpoints': 'private' },
      },
    });
  });

  test('sends no more than was said, and shows the rows that people know', async () => {
    const { out } = await run('service-instance-create', 'kp', 'kms', 'tiered-pricing', 'us-south');
    expect(last()?.headers['entity-lock']).toBeUndefined();
    expect(Object.keys(last()?.body as object)).toEqual(['name', 'target', 'resource_group', 'resource_plan_id']);
    for (const title of [
      'Name',
      'ID',
      'GUID',
      'Location',
      'State',
      'Type',
      'Sub Type',
      'Allow Cleanup',
      'Locked',
      'Created at',
      'Updated at',
    ])
      expect(out).toMatch(new RegExp(`^${title}\\b`, 'm'));
    expect(out).toMatch(/^Last Operation Status:\s+create succeeded$/m);
    expect(out).toMatch(/^Last Operation Message:\s+Completed create/m);
  });

  test.each([['{'], ['[]'], ['"x"'], ['@/nonexistent']])(
    'refuses the parameters %j before anything is sent',
    async (parameters) => {
      const { status, err } = await run('service-instance-create', 'kp', 'kms', 'tiered-pricing', 'us-south', '-p', parameters);
      expect([status, err]).toEqual([1, expect.stringContaining('--parameters must be a JSON object')]);
      expect(server.seen).toEqual([]);
    },
  );
});

describe('an instance', () => {
  test.each([
    ['service-instance', `GET /v2/resource_instances/${GUID}`],
    ['service-instance-lock', `POST /v2/resource_instances/${GUID}/lock`],
    ['service-instance-unlock', `DELETE /v2/resource_instances/${GUID}/lock`],
    ['service-instance-delete', `DELETE /v2/resource_instances/${GUID}`],
  ])('goes by its name, GUID or CRN: %s', async (command, request) => {
    expect((await run(command, 'payments')).status).toBe(0);
    expect(lines()).toEqual(['GET /v2/resource_instances?name=payments', request]);
    server.seen.length = 0;
    await run(command, GUID);
    await run(command, CRN);
    expect(lines()).toEqual([request, request.replace(GUID, encodeURIComponent(CRN))]);
  });

  test('that is not there, or a name of two, is told apart', async () => {
    expect(await run('service-instance', 'nothing')).toMatchObject({ status: 3, err: expect.stringContaining('called nothing') });
    answer = ({ url }) => (url.includes('name=') ? { status: 200, body: page([instance(GUID), instance(OTHER)]) } : undefined);
    expect(await run('service-instance', 'payments')).toMatchObject({
      status: 1,
      err: expect.stringContaining(`${GUID}, ${OTHER}`),
    });
  });

  test('shows just its CRN and GUID with --id', async () => {
    expect((await run('service-instance', 'payments', '--id')).out).toBe(`${CRN} ${GUID}\n`);
  });

  test('is deleted with -f and --recursive, too', async () => {
    await run('service-instance-delete', GUID, '-f', '--recursive');
    expect(lines()).toEqual([`DELETE /v2/resource_instances/${GUID}?recursive=true`]);
  });

  test('is updated by what is named', async () => {
    await run(
      'service-instance-update',
      'payments',
      '-n',
      'new',
      '-p',
      '{"allowed_network":"private-only"}',
      '--allow-cleanup',
      'false',
    );
    expect(last()).toMatchObject({
      method: 'PATCH',
      url: `/v2/resource_instances/${GUID}`,
      body: { name: 'new', parameters: { allowed_network: 'private-only' }, allow_cleanup: false },
    });
    server.seen.length = 0;
    expect((await run('service-instance-update', 'payments')).status).toBe(1);
    expect((await run('service-instance-update', 'payments', '--allow-cleanup', 'maybe')).status).toBe(1);
    expect(server.seen).toEqual([]);
  });
});

describe('resource service-instances', () => {
  test('shows all pages, and asks by what was said', async () => {
    answer = ({ url }) => {
      if (!url.startsWith('/v2/resource_instances')) return undefined;
      const isSecond = url.includes('start=next');
      const second = [instance(OTHER, { name: 'eu', region_id: 'eu-de' })];
      return {
        status: 200,
        body: isSecond ? page(second) : page([instance(GUID)], '/v2/resource_instances?limit=100&start=next'),
      };
    };
    const { out } = await run('service-instances', '--service-name', 'kms', '-g', 'team', '--state', 'active');
    expect(out).toContain(GUID);
    expect(out).toContain(OTHER);
    const [first = '', second = ''] = lines().filter((line) => line.includes('resource_instances'));
    const asked = { sub_type: 'kms', resource_group_id: GROUP, state: 'active', limit: '100' };
    expect(Object.fromEntries(new URL(first.slice(4), 'http://x').searchParams)).toEqual(asked);
    expect(Object.fromEntries(new URL(second.slice(4), 'http://x').searchParams)).toEqual({ ...asked, start: 'next' });
    expect((await run('service-instances', '--location', 'eu-de')).out).not.toContain(GUID);
  });
});

describe('reclamations', () => {
  const reclamation = {
    id: 'r1',
    entity_crn: CRN,
    state: 'SCHEDULED',
    target_time: '2026-01-09T03:04:05Z',
    created_by: 'IBMid-1',
  };

  test('are listed, restored, and reclaimed only with --force', async () => {
    answer = ({ method }) => ({ status: 200, body: method === 'GET' ? { resources: [reclamation] } : reclamation });
    expect((await run('reclamations', '--resource-instance-id', GUID)).out).toContain(CRN);
    await run('reclamation-restore', 'r1');
    expect(await run('reclamation-delete', 'r1')).toMatchObject({ status: 1, err: expect.stringContaining('--force') });
    await run('reclamation-delete', 'r1', '-f');
    expect(lines()).toEqual([
      `GET /v1/reclamations?resource_instance_id=${GUID}`,
      'POST /v1/reclamations/r1/actions/restore',
      'POST /v1/reclamations/r1/actions/reclaim',
    ]);
  });
});

describe('groups', () => {
  test('go by their name or id', async () => {
    answer = ({ method, url }) => {
      if (method === 'POST') return { status: 201, body: { id: GROUP, crn: 'crn' } };
      if (method === 'GET' && url.includes('?')) return undefined;
      return method === 'DELETE' ? { status: 204 } : { status: 200, body: group };
    };
    for (const words of [
      ['group', 'team'],
      ['group-update', 'team', '--name', 'crew'],
      ['group-delete', GROUP, '-f'],
      ['group-create', 'more'],
    ])
      expect((await run(...words)).status).toBe(0);
    expect(lines()).toEqual([
      'GET /v2/resource_groups?name=team',
      `GET /v2/resource_groups/${GROUP}`,
      'GET /v2/resource_groups?name=team',
      `PATCH /v2/resource_groups/${GROUP}`,
      `DELETE /v2/resource_groups/${GROUP}`,
      'POST /v2/resource_groups',
    ]);
    expect(last()?.body).toEqual({ name: 'more' });
  });
});

test('resource search sends the query and shows what was found', async () => {
  const item = { crn: CRN, name: 'payments', type: 'resource-instance', service_name: 'kms', region: 'us-south' };
  answer = () => ({ status: 200, body: { limit: 5, items: [item] } });
  const { out, err } = await run('search', 'name:pay* AND NOT region:eu-de', '--limit', '5');
  expect([out.includes(CRN), err]).toEqual([true, '']);
  expect(last()).toMatchObject({ url: '/v3/resources/search?limit=5', body: { query: 'name:pay* AND NOT region:eu-de' } });
  answer = () => ({ status: 200, body: { limit: 1, items: [item], search_cursor: 'next' } });
  expect((await run('search')).err).toContain('--limit');
  answer = () => ({ status: 200, body: { limit: 2, items: [item], search_cursor: 'next' } });
  expect((await run('search')).err).toBe('');
});
