import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { type EchoServer, type SeenRequest, startEchoServer } from './testkit/echo-server.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rootward-identity-cli-'));
const key = {
  id: 'ApiKey-1',
  name: 'nightly',
  iam_id: 'iam-ServiceId-1',
  locked: false,
  disabled: false,
  created_at: '2026-01-02T03:04:05Z',
  entity_tag: '1-x',
};
const service = { id: 'ServiceId-1', iam_id: 'iam-ServiceId-1', name: 'backup', unique_instance_crns: [], locked: false };
const group = { id: 'AccessGroupId-1', name: 'operators', created_at: '2026-01-02T03:04:05Z' };
let named: { readonly keys: unknown[]; readonly services: unknown[]; readonly rest: unknown[] };
let server: EchoServer;

function answer({ method, url, body }: SeenRequest): { status: number; body?: unknown } {
  const path = url.split('?', 1)[0] ?? '';
  if (url.startsWith('/v2/resource_groups')) return { status: 200, body: { resources: [{ id: 'g', account_id: 'a' }] } };
  if (path === '/v1/serviceids/' && method === 'GET') return { status: 200, body: { serviceids: named.services } };
  if (path.startsWith('/v1/serviceids')) return { status: method === 'GET' || method === 'PUT' ? 200 : 204, body: service };
  if (path === '/v1/apikeys' && method === 'GET') {
    const rest = url.includes('pagetoken=second') ? [] : named.rest;
    const next = rest.length > 0 ? { next: 'http://h/v1/apikeys?pagetoken=second' } : {};
    return { status: 200, body: { apikeys: url.includes('pagetoken=second') ? named.rest : named.keys, ...next } };
  }
  if (path.endsWith('/rotate')) return { status: 200, body: { ...key, apikey: 'rotated-secret' } };
  if (path.endsWith('/lock') || path.endsWith('/disable') || method === 'DELETE') return { status: 204 };
  if (path.startsWith('/v1/apikeys')) {
    return { status: method === 'POST' ? 201 : 200, body: method === 'POST' ? { ...key, apikey: 'new-secret' } : key };
  }
  if (path.startsWith('/v2/accounts/')) return { status: 200, body: { resources: [{ iam_id: 'IBMid-ADA' }] } };
  if (path === '/v2/groups')
    return { status: 200, body: { groups: [group, { ...group, id: 'AccessGroupId-2', name: 'operators-2' }] } };
  if (path.endsWith('/members') || path.endsWith('/members/delete')) {
    const { members = [] } = (body ?? {}) as { members?: ({ iam_id: string } | string)[] };
    const each = members.map((one) => ({ iam_id: typeof one === 'string' ? one : one.iam_id }));
    const shown = each.map(({ iam_id }) =>
      iam_id.includes('wrong') ? { iam_id, status_code: 404, errors: [{ code: 'x', message: 'no such member' }] } : { iam_id },
    );
    return { status: method === 'GET' ? 200 : 207, body: { members: shown } };
  }
  if (path.endsWith('/rules')) return { status: 201, body: { ...(body as object), id: 'ClaimRule-1' } };
  return { status: 200, body: {} };
}

beforeAll(async () => {
  server = await startEchoServer(answer);
});
afterAll(() => {
  server.close();
  rmSync(cwd, { recursive: true });
});
beforeEach(() => {
  named = { keys: [key], services: [service], rest: [] };
  server.seen.length = 0;
});

async function run(line: string) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', XDG_CONFIG_HOME: cwd }, cwd });
  const status = await runCli(line.split(' '), io);
  return { status, out: io.stdout(), err: io.stderr() };
}
const last = () => server.seen.at(-1);
const lastLine = () => `${last()?.method} ${last()?.url}`;

describe('API keys', () => {
  test('a new one is shown with its secret, or kept in a new file that only its owner reads', async () => {
    const shown = await run('iam api-key-create nightly --lock');
    expect(shown.out).toContain('new-secret');
    expect(last()?.headers['entity-lock']).toBe('true');
    const kept = await run('iam api-key-create nightly --file key.json');
    expect(kept).toMatchObject({ status: 0, err: expect.stringContaining('key.json') });
    expect(kept.out + kept.err).not.toContain('new-secret');
    expect(JSON.parse(readFileSync(join(cwd, 'key.json'), 'utf8'))).toMatchObject({ id: key.id, apikey: 'new-secret' });
    expect(statSync(join(cwd, 'key.json')).mode & 0o777).toBe(0o600);
  });

  test('no key is made where its file exists already', async () => {
    writeFileSync(join(cwd, 'taken.json'), 'mine');
    for (const line of [
      'iam api-key-create nightly',
      'iam api-key-rotate ApiKey-1',
      'iam service-api-key-create nightly ServiceId-1',
    ]) {
      const { status, err } = await run(`${line} --file taken.json`);
      expect([status, err]).toEqual([1, expect.stringContaining('taken.json exists already')]);
    }
    expect(server.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(readFileSync(join(cwd, 'taken.json'), 'utf8')).toBe('mine');
  });

  test.each([
    ['iam api-key nightly', 'GET /v1/apikeys/ApiKey-1?include_activity=true'],
    ['iam api-key-delete ApiKey-1 -f', 'DELETE /v1/apikeys/ApiKey-1'],
    ['iam api-key-lock nightly', 'POST /v1/apikeys/ApiKey-1/lock'],
    ['iam api-key-unlock nightly', 'DELETE /v1/apikeys/ApiKey-1/lock'],
    ['iam api-key-disable nightly', 'POST /v1/apikeys/ApiKey-1/disable'],
    ['iam api-key-enable nightly', 'DELETE /v1/apikeys/ApiKey-1/disable'],
    ['iam api-key-rotate nightly --grace-seconds 60', 'POST /v1/apikeys/ApiKey-1/rotate'],
    ['iam service-api-keys backup', 'GET /v1/apikeys?pagesize=100&include_activity=true&iam_id=iam-ServiceId-1'],
    ['iam service-api-key nightly backup', 'GET /v1/apikeys/ApiKey-1?include_activity=true'],
    ['iam service-api-key-delete nightly backup -f', 'DELETE /v1/apikeys/ApiKey-1'],
    ['iam service-api-key-rotate nightly backup', 'POST /v1/apikeys/ApiKey-1/rotate'],
    ['iam service-api-key-lock nightly backup', 'POST /v1/apikeys/ApiKey-1/lock'],
    ['iam service-id-lock backup', 'POST /v1/serviceids/ServiceId-1/lock'],
    ['iam service-id-delete backup -f', 'DELETE /v1/serviceids/ServiceId-1'],
  ])('%s asks for %s', async (line, wanted) => {
    const { status, err } = await run(line);
    expect([status, lastLine()], err).toEqual([0, wanted]);
  });

  test('an update takes whatever version there is', async () => {
    await run('iam api-key-update nightly -n weekly');
    expect(last()).toMatchObject({ method: 'PUT', headers: { 'if-match': '*' }, body: { name: 'weekly' } });
    await run('iam service-api-key-update nightly backup -d weekly');
    expect(last()).toMatchObject({ method: 'PUT', headers: { 'if-match': '*' }, body: { description: 'weekly' } });
    await run('iam service-id-update backup -n b2');
    expect(last()).toMatchObject({ method: 'PUT', headers: { 'if-match': '*' }, body: { name: 'b2' } });
  });

  test('a list is shown whole, whatever pages it comes in', async () => {
    named = { ...named, rest: [{ ...key, id: 'ApiKey-2' }] };
    const { out } = await run('iam api-keys --scope account');
    expect(out).toMatch(/ApiKey-1[\s\S]*ApiKey-2/);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/v1/apikeys?pagesize=100&include_activity=true&scope=account',
      '/v1/apikeys?pagesize=100&include_activity=true&scope=account&pagetoken=second',
    ]);
    const { out: json } = await run('iam api-keys --output json');
    expect(JSON.parse(json)).toHaveLength(2);
  });

  test('a key for a service ID names its identity', async () => {
    await run('iam service-api-key-create nightly backup -d why --lock');
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/v1/apikeys',
      headers: { 'entity-lock': 'true' },
      body: { name: 'nightly', description: 'why', iam_id: 'iam-ServiceId-1' },
    });
  });

  test('a name that nobody or several have is refused before anything is changed', async () => {
    named = { keys: [], rest: [], services: [service, { ...service, id: 'ServiceId-2' }] };
    const none = await run('iam api-key-delete nightly');
    expect([none.status, none.err]).toEqual([3, expect.stringContaining('There is no API key "nightly"')]);
    const several = await run('iam service-id-delete backup');
    expect([several.status, several.err]).toEqual([1, expect.stringContaining('ServiceId-1, ServiceId-2')]);
    expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
  });
});

test.each([
  ['iam api-key-delete nightly', 'The API key nightly would be deleted for good'],
  ['iam service-api-key-delete nightly backup', 'The API key nightly of backup would be deleted for good'],
  ['iam service-id-delete backup', 'The service ID backup would be deleted for good'],
])('%s is refused without --force, by the name that was written, and sends nothing', async (line, would) => {
  const { status, err } = await run(line);
  expect([status, err]).toEqual([1, expect.stringContaining(would)]);
  expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
});

test('a claim rule is written in words, and sent with its values as JSON', async () => {
  const rule = 'iam trusted-profile-rule-create Profile-1 --realm-name https://idp.example.com --condition';
  await run(`${rule} groups:CONTAINS:admins urn:x:country:IN:de,ch`);
  expect(last()).toMatchObject({
    method: 'POST',
    url: '/v1/profiles/Profile-1/rules',
    body: {
      type: 'Profile-SAML',
      realm_name: 'https://idp.example.com',
      expiration: 3600,
      conditions: [
        { claim: 'groups', operator: 'CONTAINS', value: '"admins"' },
        { claim: 'urn:x:country', operator: 'IN', value: '["de","ch"]' },
      ],
    },
  });
  expect((await run(`${rule} groups=admins`)).err).toContain('CLAIM:OPERATOR:VALUE');
});

describe('members of access groups', () => {
  test('are found by e-mail, by name or by id', async () => {
    await run('iam access-group-user-add operators ada@example.com IBMid-BOB');
    expect(last()).toMatchObject({
      method: 'PUT',
      url: '/v2/groups/AccessGroupId-1/members',
      body: {
        members: [
          { iam_id: 'IBMid-ADA', type: 'user' },
          { iam_id: 'IBMid-BOB', type: 'user' },
        ],
      },
    });
    await run('iam access-group-service-id-add operators backup');
    expect(last()?.body).toEqual({ members: [{ iam_id: 'iam-ServiceId-1', type: 'service' }] });
    await run('iam access-group-service-id-remove operators ServiceId-7');
    expect(last()).toMatchObject({ method: 'POST', body: { members: ['iam-ServiceId-7'] } });
    await run('iam access-group-users operators');
    expect(last()?.url).toContain('/members?limit=100&type=user&verbose=true');
  });

  test('that could not be added make the command fail, after what became of each', async () => {
    const { status, out, err } = await run('iam access-group-user-add operators IBMid-BOB IBMid-wrong');
    expect(status).toBe(3);
    expect(out).toMatch(/IBMid-BOB\s+yes/);
    expect(out).toMatch(/IBMid-wrong\s+no\s+no such member/);
    expect(err).toContain('no such member');
  });
});
