import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actOnKey } from '../../contract/keys/act.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { createHttp } from '../http.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { createLog } from '../log.ts';
import { addPerson, grant, SERVICE } from '../testkit/people.ts';

const ACTIONS = actOnKey.http.chosenBy?.operations ?? {};

let scene: KeyScene;
let http: FastifyInstance;
let token: string;
beforeEach(async () => {
  scene = await openKeyScene({ lifecycle: { enableAfterDisableSeconds: 0, restoreAfterDeleteSeconds: 0 } });
  const log = createLog({ level: 'silent' });
  http = createHttp({ pipeline: scene.server.pipeline, serverId: 'server-1', newId: () => randomUUID(), log });
  token = scene.server.ownerToken;
});
afterEach(async () => {
  await http.close();
  await scene[Symbol.asyncDispose]();
});

async function act(id: string, query: string, body?: object) {
  const answer = await http.inject({
    method: 'POST',
    url: `/api/v2/keys/${id}${query}`,
    headers: {
      ...scene.headers,
      authorization: `Bearer ${token}`,
      'content-type': 'application/vnd.ibm.kms.key_action+json',
    },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}
const lastAction = async () => (await scene.server.auditRecords()).at(-1)?.action;

describe('the older address of actions', () => {
  it('answers each one as the address of that action does, and is on record as that action', async () => {
    const { id } = await scene.addKey();
    const wrapped = await act(id, '?action=wrap', { plaintext: 'AAAA' });
    expect(wrapped).toMatchObject({ status: 200, body: { keyVersion: { id } } });
    expect(wrapped.body).not.toHaveProperty('plaintext');
    expect(await lastAction()).toBe('kms.secrets.wrap');
    const { ciphertext } = wrapped.body as { ciphertext: string };
    expect(await act(id, '?action=unwrap', { ciphertext })).toEqual({
      status: 200,
      body: { plaintext: 'AAAA', keyVersion: { id } },
    });
    expect(await act(id, '?action=rewrap', { ciphertext })).toMatchObject({ status: 200, body: { rewrappedKeyVersion: { id } } });
    expect(await lastAction()).toBe('kms.secrets.rewrap');
    for (const action of ['rotate', 'disable', 'enable']) {
      expect(await act(id, `?action=${action}`)).toEqual({ status: 204, body: undefined });
      expect(await lastAction()).toBe(`kms.secrets.${action}`);
    }
    await http.inject({
      method: 'DELETE',
      url: `/api/v2/keys/${id}`,
      headers: { ...scene.headers, authorization: `Bearer ${token}` },
    });
    expect(await act(id, '?action=restore')).toMatchObject({ status: 201, body: { resources: [{ id, state: 1 }] } });
    expect(await lastAction()).toBe('kms.secrets.restore');
  });

  it('names operations that exist', () => {
    const names = new Set(OPERATIONS.map(({ name }) => name));
    expect(Object.values(ACTIONS).filter((name) => !names.has(name as `${string}.${string}`))).toEqual([]);
  });

  it('is decided as the action: who may wrap may not rotate', async () => {
    const { id } = await scene.addKey();
    const reader = await addPerson(scene.server, 'reader');
    await grant(scene.server, { iamId: reader.iamId, roles: [`${SERVICE}Reader`], service: 'kms' });
    token = reader.token;
    expect((await act(id, '?action=wrap')).status).toBe(200);
    expect((await act(id, '?action=rotate')).status).toBe(401);
    expect((await scene.metadata(id)).lastRotateDate).toBeUndefined();
  });

  it.each(['', '?action=', '?action=destroy', '?action=constructor', '?action=wrap&action=rotate', '?Action=wrap'])(
    'is refused with %j, naming the parameter, and nothing happens',
    async (query) => {
      const { id } = await scene.addKey();
      expect(await act(id, query, { plaintext: 'AAAA' })).toMatchObject({
        status: 400,
        body: {
          resources: [{ reasons: [{ code: 'INVALID_QUERY_PARAM_ERR', target: { type: 'query_param', name: 'action' } }] }],
        },
      });
      expect(await lastAction()).toBe('kms.secrets.default');
    },
  );

  it('tells strangers nothing', async () => {
    const { id } = await scene.addKey();
    token = 'none';
    expect((await act(id, '')).status).toBe(401);
    expect((await act(id, '?action=wrap')).status).toBe(401);
  });
});
