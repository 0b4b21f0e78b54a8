import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, addInstance, addRootKey, logIn, newKey, readAnswer } from '../../process/api.ts';
import { rawRequest } from '../../process/raw-request.ts';
import { type ServerProcess, startServerProcess } from '../../process/server-process.ts';
import { addServiceId, grantRole, type Member } from './members.ts';
import { tokenKeyEncrypts } from './token-import.ts';

// The mistakes that an implementation of this API most likely makes, one test each, by raw HTTP as the clients send it.

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-mistakes-'));
let server: ServerProcess;
let api: Api;
let instance: string;

beforeAll(async () => {
  server = await startServerProcess(dataDir, {
    env: {
      ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '1',
      ROOTWARD_LIFECYCLE_RESTORE_AFTER_DELETE_SECONDS: '1',
      ROOTWARD_LIFECYCLE_PURGE_AFTER_DELETE_SECONDS: '2',
    },
  });
  api = await logIn(server.said.url, server.said.apiKey);
  instance = await addInstance(api, server.said.resourceGroupId);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Resource {
  readonly id: string;
  readonly state: number;
  readonly tags: readonly string[];
  readonly deleted: boolean;
  readonly keyRingID: string;
  readonly lastUpdateDate?: string;
  readonly lastRotateDate?: string;
  readonly dualAuthDelete: object;
  readonly rotation: { readonly interval_month: number };
  readonly policy_type: string;
  readonly errorMsg: string;
  readonly reasons?: readonly [{ readonly code: string; readonly target?: { readonly name: string } }];
}

/** What the tests look at; which of it is there depends on the answer. */
interface Body {
  readonly metadata: { readonly collectionTotal: number; readonly collectionType: string };
  readonly resources: readonly Resource[];
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly keyVersion: { readonly id: string };
  readonly rewrappedKeyVersion: { readonly id: string };
  readonly payload: string;
  readonly nonce: string;
  readonly remainingRetrievals: number;
}

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly body: Body;
  /** The first resource of the answer. */
  readonly first: Resource;
}

async function send(
  method: string,
  path: string,
  given?: unknown,
  headers: Readonly<Record<string, string>> = {},
  token = api.token,
): Promise<Seen> {
  const body = given === undefined ? '' : typeof given === 'string' ? given : JSON.stringify(given);
  const all = { authorization: `Bearer ${token}`, 'bluemix-instance': instance, ...headers };
  const answer = await rawRequest(`${api.url}/api/v2${path}`, method, all, body);
  const answered = JSON.parse(answer.text === '' ? '{}' : answer.text) as Body;
  return { status: answer.status, text: answer.text, body: answered, first: answered.resources?.[0] as Resource };
}

const codeOf = ({ first }: Seen): string | undefined => first?.reasons?.[0].code;
const rootKey = (fields: Readonly<Record<string, unknown>> = {}) => addRootKey(api, instance, fields);
const keyOf = async (id: string) => (await send('GET', `/keys/${id}/metadata`)).first;
const dek = Buffer.alloc(32, 3).toString('base64');
const wrap = async (id: string, aad?: readonly string[]): Promise<string> =>
  (await send('POST', `/keys/${id}/actions/wrap`, { plaintext: dek, ...(aad && { aad }) })).body.ciphertext;
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const policyBody = (...resources: readonly object[]) => ({
  metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: resources.length },
  resources: resources.map((resource) => ({ type: 'application/vnd.ibm.kms.policy+json', ...resource })),
});

describe('the 25 likeliest mistakes', () => {
  it('1: empty, null and untyped bodies are accepted where nothing is needed', async () => {
    const forms: readonly [Readonly<Record<string, string>>, string][] = [
      [{}, 'null'],
      [{}, ''],
      [{ 'content-type': 'application/json' }, ''],
      [{ 'content-type': 'application/vnd.ibm.kms.key_action_wrap+json' }, ''],
    ];
    for (const [headers, body] of forms) {
      const id = await rootKey();
      expect((await send('POST', `/keys/${id}/actions/wrap`, body, headers)).status).toBe(200);
      expect((await send('POST', `/keys/${id}/actions/disable`, body, headers)).status).toBe(204);
    }
  });

  it('2: 204, 201 and 200, with and without a body, are as documented', async () => {
    const id = await rootKey();
    const ring = await send('POST', '/key_rings/mistake-2');
    expect([ring.status, ring.text]).toEqual([201, '']);
    expect((await send('POST', `/keys/${id}/aliases/mistake-2`)).status).toBe(201);
    for (const path of [`/keys/${id}/aliases/mistake-2`, '/key_rings/mistake-2']) {
      const gone = await send('DELETE', path);
      expect([path, gone.status, gone.text]).toEqual([path, 204, '']);
    }
    for (const action of ['sync', 'rotate', 'disable']) {
      const done = await send('POST', `/keys/${id}/actions/${action}`);
      expect([action, done.status, done.text]).toEqual([action, 204, '']);
    }
    expect((await send('POST', '/import_token', {})).status).toBe(200);
  });

  it('3: the reason code is in reasons and in errorMsg, its status is an integer', async () => {
    const { status, first: resource } = await send('GET', '/keys/00000000-0000-4000-8000-000000000000');
    expect(status).toBe(404);
    expect(resource.reasons?.[0]).toMatchObject({ code: 'KEY_NOT_FOUND_ERR', status: 404 });
    expect(resource.errorMsg).toMatch(/^Not Found: .*\(KEY_NOT_FOUND_ERR\)$/);
  });

  it('4: who may not do something gets 401 without reasons, never 403', async () => {
    const stranger = await addServiceId(api, 'mistake-4');
    for (const [method, path] of [
      ['GET', '/keys'],
      ['POST', `/keys/${await rootKey()}/actions/wrap`],
      ['GET', '/instance/policies'],
    ] as const) {
      const { status, first } = await send(method, path, undefined, {}, stranger.token);
      expect([path, status, Object.keys(first)]).toEqual([path, 401, ['errorMsg']]);
    }
  });

  it('5: no Prefer means all of a new key and nothing of a deleted one', async () => {
    const made = await send('POST', '/keys', newKey({ name: 'mistake-5' }));
    expect([made.status, made.first.state]).toEqual([201, 1]);
    const { id } = made.first;
    const minimal = await send('POST', '/keys', newKey({}), { prefer: 'return=minimal' });
    expect([minimal.status, minimal.body.resources.length]).toEqual([201, 1]);
    const other = minimal.first.id;
    expect((await send('DELETE', `/keys/${id}`)).status).toBe(204);
    const shown = await send('DELETE', `/keys/${other}`, undefined, { prefer: 'return=representation' });
    expect([shown.status, shown.first.state]).toEqual([200, 5]);
  });

  it('6: fields are found whatever their case, and unknown ones do no harm', async () => {
    await send('POST', '/key_rings/mistake-6');
    const id = await rootKey({ Tags: ['a'], somethingNew: 1 });
    expect((await keyOf(id)).tags).toEqual(['a']);
    expect((await send('PATCH', `/keys/${id}`, { KeyRingID: 'mistake-6' })).status).toBe(200);
    expect((await keyOf(id)).keyRingID).toBe('mistake-6');
  });

  it('7: an old ciphertext comes back with its new form, a new one without', async () => {
    const id = await rootKey();
    const old = await wrap(id);
    await send('POST', `/keys/${id}/actions/rotate`);
    const first = (await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext: old })).body;
    expect(Object.keys(first).sort()).toEqual(['ciphertext', 'keyVersion', 'plaintext', 'rewrappedKeyVersion']);
    expect(first.rewrappedKeyVersion.id).not.toBe(first.keyVersion.id);
    const second = (await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext: first.ciphertext })).body;
    expect(Object.keys(second).sort()).toEqual(['keyVersion', 'plaintext']);
    expect(second).toEqual({ plaintext: dek, keyVersion: first.rewrappedKeyVersion });
  });

  it('8: wrap shows the plaintext only where it made it', async () => {
    const id = await rootKey();
    expect((await send('POST', `/keys/${id}/actions/wrap`, { plaintext: dek })).body).not.toHaveProperty('plaintext');
    const made = (await send('POST', `/keys/${id}/actions/wrap`, {})).body;
    expect(Buffer.from(made.plaintext, 'base64')).toHaveLength(32);
  });

  it('9: the order of AAD counts; another AAD is 422, no base64 is 400', async () => {
    const id = await rootKey();
    const ciphertext = await wrap(id, ['a', 'b']);
    for (const aad of [['b', 'a'], ['ab'], ['a'], ['a', 'b', '']])
      expect((await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext, aad })).status).toBe(422);
    expect((await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext, aad: ['a', 'b'] })).body.plaintext).toBe(dek);
    const bad = await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext: '%%%' });
    expect([bad.status, codeOf(bad), bad.first.reasons?.[0].target?.name]).toEqual([400, 'INVALID_FIELD_ERR', 'ciphertext']);
  });

  it('10: a deleted key is still read, not listed, and 404 once purged', async () => {
    const purger = await member(['KeyPurge']);
    const id = await rootKey({ name: 'mistake-10' });
    await send('DELETE', `/keys/${id}`);
    const read = await send('GET', `/keys/${id}`);
    expect([read.status, read.first.state]).toEqual([200, 5]);
    const ids = async (query: string) => (await send('GET', `/keys${query}`)).body.resources.map((key) => key.id);
    expect(await ids('')).not.toContain(id);
    expect(await ids('?state=5')).toContain(id);
    await pause(2);
    expect((await send('DELETE', `/keys/${id}/purge`, undefined, {}, purger.token)).status).toBe(204);
    expect(codeOf(await send('GET', `/keys/${id}`))).toBe('KEY_NOT_FOUND_ERR');
  });

  it('11: enable, restore, purge and sync have a shortest wait, and the first rotation none', async () => {
    const purger = await member(['KeyPurge']);
    const id = await rootKey();
    expect((await send('POST', `/keys/${id}/actions/rotate`)).status).toBe(204);
    expect(codeOf(await send('POST', `/keys/${id}/actions/rotate`))).toBe('KEY_ROTATION_NOT_PERMITTED');
    await send('POST', `/keys/${id}/actions/disable`);
    expect(codeOf(await send('POST', `/keys/${id}/actions/enable`))).toBe('REQ_TOO_EARLY_ERR');
    await pause(1);
    expect((await send('POST', `/keys/${id}/actions/enable`)).status).toBe(204);
    await send('DELETE', `/keys/${id}`);
    expect(codeOf(await send('POST', `/keys/${id}/actions/sync`))).toBe('REQ_TOO_EARLY_ERR');
    expect(codeOf(await send('POST', `/keys/${id}/restore`))).toBe('REQ_TOO_EARLY_ERR');
    expect(codeOf(await send('DELETE', `/keys/${id}/purge`, undefined, {}, purger.token))).toBe('REQ_TOO_EARLY_ERR');
    await pause(1);
    expect((await send('POST', `/keys/${id}/restore`)).status).toBe(201);
    expect(codeOf(await send('DELETE', `/keys/${id}/purge`, undefined, {}, purger.token))).toBe('KEY_ACTION_INVALID_STATE_ERR');
  });

  it('12: force overrides neither a second authorization nor, when nothing is registered, anything', async () => {
    const id = await rootKey();
    await send('PUT', `/keys/${id}/policies`, policyBody({ dualAuthDelete: { enabled: true } }));
    expect(codeOf(await send('DELETE', `/keys/${id}?force=true`))).toBe('AUTHORIZATIONS_NOT_MET');
    expect((await keyOf(id)).state).toBe(1);
    expect((await send('DELETE', `/keys/${await rootKey()}?force=true`)).status).toBe(204);
  });

  it('13: two identities delete a key with dual authorization, the policy stays, a disabled one is listed', async () => {
    const id = await rootKey();
    const plain = await rootKey();
    expect((await send('PUT', `/keys/${plain}/policies`, policyBody({ dualAuthDelete: { enabled: false } }))).status).toBe(200);
    expect((await send('GET', `/keys/${plain}/policies`)).body.metadata.collectionTotal).toBe(1);
    await send('PUT', `/keys/${id}/policies`, policyBody({ dualAuthDelete: { enabled: true } }));
    expect((await send('PUT', `/keys/${id}/policies`, policyBody({ dualAuthDelete: { enabled: false } }))).status).toBe(409);
    expect((await send('POST', `/keys/${id}/actions/setKeyForDeletion`, 'null')).status).toBe(204);
    expect((await keyOf(id)).dualAuthDelete).toMatchObject({ enabled: true, keySetForDeletion: true });
    expect(codeOf(await send('DELETE', `/keys/${id}`))).toBe('AUTHORIZATIONS_NOT_MET');
    const second = await member(['Manager']);
    expect((await send('DELETE', `/keys/${id}`, undefined, {}, second.token)).status).toBe(204);
    expect(codeOf(await send('POST', `/keys/${plain}/actions/setKeyForDeletion`))).toBe('NOT_DUAL_AUTH_ERR');
  });

  it('14: a rotation policy keeps its interval while it is off', async () => {
    const id = await rootKey();
    const put = (rotation: object) => send('PUT', `/keys/${id}/policies?policy=rotation`, policyBody({ rotation }));
    expect((await put({ enabled: false, interval_month: 3 })).first.rotation).toEqual({
      enabled: false,
      interval_month: 3,
    });
    expect((await put({ enabled: true })).first.rotation).toEqual({ enabled: true, interval_month: 3 });
    expect((await put({ interval_month: 5 })).first.rotation).toEqual({ enabled: true, interval_month: 5 });
    for (const interval_month of [-1, 0, 13]) expect(codeOf(await put({ interval_month }))).toBe('INVALID_FIELD_ERR');
    const { interval_month } = (await keyOf(id)).rotation;
    expect(interval_month).toBe(5);
  });

  it('15: an imported key is rotated with a payload of any size, a generated one without', async () => {
    const imported = await rootKey({ payload: Buffer.alloc(16, 1).toString('base64') });
    expect(codeOf(await send('POST', `/keys/${imported}/actions/rotate`, {}))).toBe('KEY_PAYLOAD_REQ_ERR');
    const payload = Buffer.alloc(32, 2).toString('base64');
    expect(codeOf(await send('POST', `/keys/${await rootKey()}/actions/rotate`, { payload }))).toBe('INVALID_QUERY_PARAM_ERR');
    expect((await send('POST', `/keys/${imported}/actions/rotate`, { payload })).status).toBe(204);
  });

  it('16: an alias stands wherever an id does; registrations is no alias', async () => {
    const id = await rootKey({ aliases: ['mistake-16'] });
    expect((await send('GET', '/keys/mistake-16/metadata')).first.id).toBe(id);
    const ciphertext = await wrap('mistake-16');
    expect((await send('POST', `/keys/${id}/actions/unwrap`, { ciphertext })).body.plaintext).toBe(dek);
    expect((await send('GET', '/keys/registrations')).body.metadata.collectionType).toMatch(/registration/);
    expect((await send('POST', `/keys/${id}/aliases/registrations`)).status).toBe(400);
    expect(codeOf(await send('POST', `/keys/${await rootKey()}/aliases/mistake-16`))).toBe('KEY_ALIAS_NOT_UNIQUE_ERR');
    for (const more of ['b1', 'b2', 'b3', 'b4']) await send('POST', `/keys/${id}/aliases/mistake-16-${more}`);
    expect(codeOf(await send('POST', `/keys/${id}/aliases/mistake-16-b5`))).toBe('KEY_ALIAS_QUOTA_ERR');
  });

  it('17: a new key has no date of update or rotation, a rotated one has both', async () => {
    const made = (await send('POST', '/keys', newKey({}))).first;
    expect([made.lastUpdateDate, made.lastRotateDate, made.deleted]).toEqual([undefined, undefined, false]);
    await send('POST', `/keys/${made.id}/actions/rotate`);
    expect(await keyOf(made.id)).toMatchObject({ lastUpdateDate: expect.any(String), lastRotateDate: expect.any(String) });
  });

  it('18: an empty list is a list, collectionTotal is the page, totalCount only on request', async () => {
    const empty = await addInstance(api, server.said.resourceGroupId, 'mistake-18');
    const lists = ['/keys', '/keys/registrations', '/instance/policies'];
    for (const path of lists) {
      const { body } = await send('GET', path, undefined, { 'bluemix-instance': empty });
      expect([path, body.resources, body.metadata.collectionTotal]).toEqual([path, [], 0]);
    }
    const rings = (query: string) => send('GET', `/key_rings${query}`, undefined, { 'bluemix-instance': empty });
    expect((await rings('')).body.metadata).not.toHaveProperty('totalCount');
    expect((await rings('?totalCount=true')).body.metadata).toMatchObject({ collectionTotal: 1, totalCount: 1 });
  });

  it('19: the list reads what the clients write: commas, spaces, fractions of seconds, capitals', async () => {
    const id = await rootKey({ name: 'mistake-nineteen' });
    const ids = async (query: Readonly<Record<string, string>>) => {
      const { status, body } = await send('GET', `/keys?${new URLSearchParams(query)}`);
      return [status, ...body.resources.map((key) => key.id)];
    };
    expect(await ids({ search: 'name:NINETEEN,' })).toEqual([200, id]);
    const now = '2020-01-02T03:04:05.123456789+02:00';
    expect(await ids({ filter: ` creationDate=gt:"${now}" extractable=false`, search: 'exact:mistake-nineteen,' })).toEqual([
      200,
      id,
    ]);
    expect((await ids({ extractable: 'False', search: 'nineteen' }))[1]).toBe(id);
    await send('DELETE', `/keys/${id}`);
    expect(await ids({ search: 'nineteen' })).toEqual([200]);
  });

  it('20: an import token counts down before it answers, holds a PEM, and imports after its last retrieval', async () => {
    await send('POST', '/import_token', { maxAllowedRetrievals: 1, expiration: 300 });
    const { body: token } = await send('GET', '/import_token');
    expect(token.remainingRetrievals).toBe(0);
    expect(codeOf(await send('GET', '/import_token'))).toBe('IMPORT_TOKEN_EXPIRED_ERR');
    const fields = tokenKeyEncrypts(token, Buffer.alloc(24, 9));
    expect((await send('POST', '/keys', newKey(fields))).status).toBe(201);
    const stale = {
      ...fields,
      encryptedNonce: tokenKeyEncrypts({ ...token, nonce: dek.slice(0, 16) }, Buffer.alloc(24, 9), fields.iv).encryptedNonce,
    };
    expect(codeOf(await send('POST', '/keys', newKey(stale)))).toBe('INCORRECT_NONCE_ERR');
    expect(codeOf(await send('POST', '/keys', newKey({ ...fields, iv: Buffer.alloc(12, 1).toString('base64') })))).toBe(
      'INCORRECT_NONCE_IV_ERR',
    );
  });

  it('21: the ring header restricts, default is listed, a forced delete moves deleted keys', async () => {
    await send('POST', '/key_rings/mistake-21');
    const ring = { 'x-kms-key-ring': 'mistake-21' };
    const id = (await send('POST', '/keys', newKey({}), ring)).first.id;
    expect((await send('GET', `/keys/${id}`, undefined, { 'x-kms-key-ring': 'default' })).status).toBe(404);
    expect((await send('GET', `/keys/${id}`, undefined, ring)).status).toBe(200);
    expect(codeOf(await send('GET', '/keys', undefined, { 'x-kms-key-ring': 'no-such' }))).toBe('KEY_RING_NOT_FOUND_ERR');
    expect((await send('GET', '/key_rings')).first.id).toBe('default');
    expect((await send('DELETE', '/key_rings/mistake-21')).status).toBe(409);
    await send('DELETE', `/keys/${id}`);
    expect((await send('DELETE', '/key_rings/mistake-21?force=true')).status).toBe(204);
    expect((await keyOf(id)).keyRingID).toBe('default');
  });

  it('22: instance policies: several in one body, lastUpdated, disabled ones stay listed, 204', async () => {
    const own = { 'bluemix-instance': await addInstance(api, server.said.resourceGroupId, 'mistake-22') };
    const body = policyBody(
      { policy_type: 'dualAuthDelete', policy_data: { enabled: false } },
      { policy_type: 'rotation', policy_data: { enabled: true, attributes: { interval_month: 2 } } },
    );
    const put = await send('PUT', '/instance/policies', body, own);
    expect([put.status, put.text]).toEqual([204, '']);
    const { resources } = (await send('GET', '/instance/policies', undefined, own)).body;
    expect(resources.map((policy) => policy.policy_type).sort()).toEqual(['dualAuthDelete', 'rotation']);
    for (const policy of resources) expect(Object.keys(policy)).toContain('lastUpdated');
    for (const policy of resources) expect(Object.keys(policy)).not.toContain('lastUpdateDate');
    expect(codeOf(await send('PUT', '/instance/policies?policy=rotation', body, own))).toBe('NUM_COLLECTION_RESOURCE_ERR');
  });

  it('23: both token addresses answer with expiration, iat, exp and the type Bearer', async () => {
    for (const path of ['/identity/token', '/oidc/token']) {
      const form = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: server.said.apiKey });
      const headers = { authorization: 'Basic Yng6Yng=' };
      const { status, body } = await readAnswer(await fetch(api.url + path, { method: 'POST', body: form, headers }), 'POST');
      const token = body as unknown as Readonly<Record<string, unknown>>;
      expect([path, status, token.token_type]).toEqual([path, 200, 'Bearer']);
      expect(token).toMatchObject({
        expires_in: expect.any(Number),
        expiration: expect.any(Number),
        refresh_token: expect.any(String),
      });
      const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1] ?? '', 'base64url').toString()) as object;
      expect(claims).toMatchObject({ iat: expect.any(Number), exp: expect.any(Number) });
    }
  });

  it('24: purge needs KeyPurge, the payload ReaderPlus, policies Manager even to read', async () => {
    const [manager, writer, reader, plus] = [
      await member(['Manager']),
      await member(['Writer']),
      await member(['Reader']),
      await member(['ReaderPlus']),
    ];
    const id = await rootKey();
    const standard = (await send('POST', '/keys', newKey({ extractable: true, payload: dek }))).first.id;
    const status = async (who: Member, method: string, path: string) =>
      (await send(method, path, undefined, {}, who.token)).status;
    expect(await status(manager, 'DELETE', `/keys/${id}/purge`)).toBe(401);
    expect(await status(reader, 'GET', `/keys/${standard}`)).toBe(401);
    expect(await status(plus, 'GET', `/keys/${standard}`)).toBe(200);
    expect(await status(writer, 'GET', `/keys/${id}/policies`)).toBe(401);
    expect(await status(manager, 'GET', `/keys/${id}/policies`)).toBe(200);
  });

  it('25: a repeated request does no harm, and a ciphertext opens for ever', async () => {
    const correlation = { 'correlation-id': 'b3a9c0de-0000-4000-8000-000000000025' };
    const make = async () => (await send('POST', '/keys', newKey({}), correlation)).first.id;
    const [first, second] = [await make(), await make()];
    expect(first).not.toBe(second);
    const ciphertext = await wrap(first);
    await send('POST', `/keys/${first}/actions/rotate`);
    await send('POST', `/keys/${first}/actions/disable`);
    await pause(1);
    await send('POST', `/keys/${first}/actions/enable`);
    await send('DELETE', `/keys/${first}`);
    await pause(1);
    await send('POST', `/keys/${first}/restore`);
    expect((await send('POST', `/keys/${first}/actions/unwrap`, { ciphertext })).body.plaintext).toBe(dek);
  });
});

async function member(roles: readonly string[]): Promise<Member> {
  const who = await addServiceId(api, roles.join(' '));
  for (const role of roles) await grantRole(api, server.said.accountId, who, role);
  return who;
}
