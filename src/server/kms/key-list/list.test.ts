import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listKeys } from '../../../contract/key-list/list.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let http: FastifyInstance;
let headers: Record<string, string>;
beforeAll(async () => {
  scene = await openKeyScene();
  const { pipeline, iam, ownerToken } = scene.server;
  http = createHttp({ pipeline, serverId: 'test', newId: iam.newId, log: createLog({ level: 'fatal' }) });
  headers = { authorization: `Bearer ${ownerToken}`, ...scene.headers };
  for (const name of ['one', 'two', 'six']) await scene.addKey({ name });
  await scene.addKey({ name: 'standard', extractable: true });
  await scene.call(deleteKey, (await scene.addKey({ name: 'gone' })).id);
});
afterAll(async () => {
  await http.close();
  await scene[Symbol.asyncDispose]();
});

describe('a parameter that the list does not know', () => {
  it('changes nothing', async () => {
    expect((await http.inject({ url: '/api/v2/keys?colour=red', headers })).statusCode).toBe(200);
  });
});

describe('the head of the list', () => {
  it.each([
    ['', '4'],
    ['?extractable=false', '3'],
    ['?state=5', '1'],
    ['?state=1,5', '5'],
    ['?state=2', '0'],
  ])('HEAD /api/v2/keys%s says %s, as many as the list has', async (query, total) => {
    const head = await http.inject({ method: 'HEAD', url: `/api/v2/keys${query}`, headers });
    expect([head.statusCode, head.headers['key-total'], head.body]).toEqual([200, total, '']);
    const list = await http.inject({ url: `/api/v2/keys${query}`, headers });
    expect(list.json<{ resources: object[] }>().resources).toHaveLength(Number(total));
  });

  it('is for those who may see the instance', async () => {
    const { token } = await scene.server.addAccount();
    const foreign = { ...headers, authorization: `Bearer ${token}` };
    expect((await http.inject({ method: 'HEAD', url: '/api/v2/keys', headers: foreign })).statusCode).toBe(401);
    expect((await http.inject({ method: 'HEAD', url: '/api/v2/keys' })).statusCode).toBe(401);
  });
});

describe('what another account asks of this instance', () => {
  it('is read and decided like what it asks of none', async () => {
    const { server } = scene;
    const { token } = await server.addAccount();
    const { id } = await scene.addKey();
    await scene.wrap(id);
    const unknown = crypto.randomUUID();
    const reads = async (instance: string, path: string): Promise<{ statements: number; body: string; status: number }> => {
      const asked = { authorization: `Bearer ${token}`, 'bluemix-instance': instance, 'correlation-id': 'same' };
      await http.inject({ url: path, headers: asked });
      let statements = 0;
      const { db } = server.store;
      const executor = db.getExecutor();
      const execute = executor.executeQuery.bind(executor);
      executor.executeQuery = (query, ...more) => {
        // What the audit log writes by the clock is left out.
        if (!query.sql.includes('audit_')) statements += 1;
        return execute(query, ...more);
      };
      try {
        const { body, statusCode: status } = await http.inject({ url: path, headers: asked });
        return { statements, body, status };
      } finally {
        executor.executeQuery = execute;
      }
    };
    for (const path of ['/api/v2/keys', `/api/v2/keys/${id}`, `/api/v2/keys/${id}/metadata`]) {
      const ours = await reads(scene.headers['bluemix-instance'], path);
      expect(ours).toEqual(await reads(unknown, path));
      expect([ours.status, ours.statements > 0]).toEqual([401, true]);
    }
    expect((await scene.call(listKeys, '')).output.resources.length).toBeGreaterThan(0);
  });
});
