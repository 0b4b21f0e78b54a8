import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerBody, type Api, addInstance, addRootKey, logIn, newKey } from '../process/api.ts';
import { type RawAnswer, rawRequest } from '../process/raw-request.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-quirks-'));
let server: ServerProcess;
let api: Api;
let instance: string;

beforeAll(async () => {
  server = await startServerProcess(dataDir, {
    env: { ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '0', ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '0' },
  });
  api = await logIn(server.said.url, server.said.apiKey);
  instance = await addInstance(api, server.said.resourceGroupId);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Promise<RawAnswer> =>
  rawRequest(api.url + path, method, { authorization: `Bearer ${api.token}`, 'bluemix-instance': instance, ...headers }, body);
const bodyOf = (answer: RawAnswer) => JSON.parse(answer.text) as AnswerBody;

describe('requests as the published clients send them', () => {
  const emptyForms: readonly [client: string, headers: Readonly<Record<string, string>>, body: string][] = [
    ['Go: the literal null without a content type', {}, 'null'],
    ['Node: a JSON content type with an empty body', { 'content-type': 'application/json' }, ''],
    ['Node: a vendor content type with an empty body', { 'content-type': 'application/vnd.ibm.kms.key_action_wrap+json' }, ''],
    ['Python: an empty body without a content type', {}, ''],
    ['Go: an empty object without a content type', {}, '{}'],
  ];

  it.each(emptyForms)('%s: disable, enable, rotate and a generating wrap', async (_client, headers, body) => {
    const id = await addRootKey(api, instance);
    for (const action of ['rotate', 'disable', 'enable']) {
      const answer = await send('POST', `/api/v2/keys/${id}/actions/${action}`, headers, body);
      expect([action, answer.status, answer.text]).toEqual([action, 204, '']);
    }
    const wrapped = await send('POST', `/api/v2/keys/${id}/actions/wrap`, headers, body);
    expect(wrapped.status).toBe(200);
    expect(Buffer.from(bodyOf(wrapped).plaintext ?? '', 'base64')).toHaveLength(32);
  });

  it.each(emptyForms.slice(0, 4))('%s: an operation that needs a body says so', async (_client, headers, body) => {
    const id = await addRootKey(api, instance);
    const answer = await send('POST', `/api/v2/keys/${id}/actions/unwrap`, headers, body);
    expect(answer.status).toBe(400);
    expect(bodyOf(answer).resources[0]?.errorMsg).toMatch(/^Bad Request: .*\(NO_BODY_ERR\)$/);
  });

  it('Go: creates without a content type and finds its capital Tags', async () => {
    const body = newKey({ name: 'from-go', Tags: ['a', 'b'] });
    const answer = await send('POST', '/api/v2/keys', {}, JSON.stringify(body));
    expect(answer.status).toBe(201);
    expect(bodyOf(answer).resources[0]?.tags).toEqual(['a', 'b']);
  });

  it('Python: reads the state and name of a new key although it sent no Prefer', async () => {
    const answer = await send(
      'POST',
      '/api/v2/keys',
      { 'content-type': 'application/json' },
      JSON.stringify(newKey({ name: 'py' })),
    );
    expect(bodyOf(answer).resources[0]).toMatchObject({ name: 'py', state: 1 });
  });

  it('Python: writes yes and no with a capital', async () => {
    const answer = await send('GET', '/api/v2/keys?extractable=False', {});
    expect(answer.status).toBe(200);
    const registrations = await send('GET', '/api/v2/keys/registrations?totalCount=True', {});
    expect(bodyOf(registrations).metadata.totalCount).toBe(0);
  });

  it('Go: deletes with Prefer: return=minimal and gets nothing back', async () => {
    const id = await addRootKey(api, instance);
    const answer = await send('DELETE', `/api/v2/keys/${id}?force=false`, { prefer: 'return=minimal' });
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it('Python: finds the code inside errorMsg, and always one resource', async () => {
    const id = await addRootKey(api, instance);
    await send('DELETE', `/api/v2/keys/${id}`, {});
    const answer = await send('DELETE', `/api/v2/keys/${id}`, {});
    expect(answer.status).toBe(410);
    expect(bodyOf(answer).resources).toHaveLength(1);
    expect(bodyOf(answer).resources[0]?.errorMsg).toContain('KEY_DELETED_ERR');
    expect(bodyOf(answer).resources[0]?.reasons?.[0]).toMatchObject({ code: 'KEY_DELETED_ERR', status: 410 });
  });

  it('answers JSON whatever Accept says', async () => {
    for (const accept of ['application/vnd.ibm.collection+json', 'application/json, text/plain, */*', 'text/html']) {
      const answer = await send('GET', '/api/v2/keys', { accept });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, expect.stringContaining('application/json')]);
    }
  });

  it('has an empty list where there is nothing', async () => {
    const answer = await send('GET', '/api/v2/keys?state=3', {});
    expect(bodyOf(answer)).toMatchObject({ metadata: { collectionTotal: 0 }, resources: [] });
  });

  it.each(['/identity/token', '/oidc/token'])('gives the token fields of every client at %s', async (path) => {
    const form = new URLSearchParams({
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      apikey: server.said.apiKey,
      response_type: 'cloud_iam',
      uaa_client_id: 'cf',
      uaa_client_secret: '',
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic Yng6Yng=' };
    const answer = await rawRequest(api.url + path, 'POST', headers, form.toString());
    expect(answer.status).toBe(200);
    const token = JSON.parse(answer.text) as Record<string, unknown>;
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 3600, refresh_token: expect.any(String) });
    expect(Math.abs(Number(token.expiration) - Date.now() / 1000 - 3600)).toBeLessThan(10);
  });

  it('echoes the correlation id, makes one where there is none, and names itself on every reply', async () => {
    const given = await send('GET', '/api/v2/keys', { 'correlation-id': '7b0aa4a2-7f19-4d60-b0cb-1a4f2b3c4d5e' });
    expect(given.headers['correlation-id']).toBe('7b0aa4a2-7f19-4d60-b0cb-1a4f2b3c4d5e');
    for (const path of ['/api/v2/keys', '/api/v2/nothing', '/v2/getCluster', '/nowhere']) {
      const answer = await send('GET', path, {});
      expect(answer.headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['rootward-server-id']).toBe(server.said.serverId);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });
});
