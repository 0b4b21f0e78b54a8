import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { listKeys } from '../../contract/key-list/list.ts';
import { DEFAULT_LIMITS } from '../config/limits-config.ts';
import { createHttp } from '../http.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { createLog } from '../log.ts';
import type { TestServer } from '../testkit/test-server.ts';
import { createRateLimit } from './rate-limit.ts';

let scene: KeyScene | undefined;
afterEach(async () => {
  await scene?.[Symbol.asyncDispose]();
  scene = undefined;
});

const PER_CALLER = { requestsPerSecondPerCaller: 2, burstPerCaller: 10 } as const;
const PER_INSTANCE = { requestsPerSecondPerInstance: 2, burstPerInstance: 10 } as const;

/** What became of so many requests for the keys of an instance: `ok`, or the code of the refusal. */
async function flood(server: TestServer, token: string, instance: string, requests: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let turn = 0; turn < requests; turn += 1) {
    const asked = server.call(listKeys, token, { headers: { 'bluemix-instance': instance } });
    outcomes.push(
      await asked.then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    );
  }
  return outcomes;
}

const times = (outcomes: readonly string[], wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;

describe('a limit of requests', () => {
  it('is not there unless it is set', () => {
    expect(createRateLimit(DEFAULT_LIMITS)).toBeUndefined();
  });

  it('per caller refuses what is too much with 429 and the seconds to wait, and admits again after them', async () => {
    scene = await openKeyScene({ limits: PER_CALLER });
    const { server, headers } = scene;
    const http = createHttp({
      pipeline: server.pipeline,
      serverId: 's',
      newId: () => randomUUID(),
      log: createLog({ level: 'fatal' }),
    });
    const get = () => http.inject({ url: '/api/v2/keys', headers: { ...headers, authorization: `Bearer ${server.ownerToken}` } });
    const replies = [];
    for (let turn = 0; turn < 12; turn += 1) replies.push(await get());
    const refused = replies.at(-1);
    expect(refused?.statusCode).toBe(429);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(refused?.json()).toMatchObject({
      resources: [{ errorMsg: expect.stringMatching(/^Too Many Requests: .*\(OVERLOADED\)$/), reasons: [{ status: 429 }] }],
    });
    server.clock.advance(Number(refused?.headers['retry-after']) * 1000);
    expect((await get()).statusCode).toBe(200);
    await http.close();
  });

  it('per caller: the flood of one account takes nothing from another', async () => {
    scene = await openKeyScene({ limits: PER_CALLER });
    const { server, headers } = scene;
    const other = await server.addAccount();
    const instance = headers['bluemix-instance'];
    expect(times(await flood(server, other.token, instance, 200), 'OVERLOADED')).toBe(190);
    // The owner has made the instance; nine of its burst are left.
    expect(times(await flood(server, server.ownerToken, instance, 9), 'ok')).toBe(9);
  });

  it('per instance: nobody uses up what others have by naming their instance', async () => {
    scene = await openKeyScene({ limits: PER_INSTANCE });
    const { server, headers } = scene;
    const other = await server.addAccount();
    const instance = headers['bluemix-instance'];
    const foreign = await flood(server, other.token, instance, 200);
    expect([times(foreign, 'ok'), times(foreign, 'OVERLOADED')]).toEqual([0, 190]);
    expect(times(await flood(server, server.ownerToken, instance, 10), 'ok')).toBe(10);
    expect(times(await flood(server, server.ownerToken, randomUUID(), 1), 'OVERLOADED')).toBe(0);
  });

  it('per instance keeps no text that can name no instance, however many and however long they are', async () => {
    scene = await openKeyScene({ limits: PER_INSTANCE });
    const { server } = scene;
    const outcomes = await flood(server, server.ownerToken, 'x'.repeat(65), 30);
    expect(times(outcomes, 'INVALID_FIELD')).toBe(30);
  });

  it('refuses before anything is looked at, and its refusals do not fill the audit log', async () => {
    scene = await openKeyScene({ limits: PER_CALLER });
    const { server } = scene;
    const outcomes = await flood(server, server.ownerToken, 'no-such-instance', 500);
    expect(times(outcomes, 'INSTANCE_UNKNOWN')).toBe(9);
    expect(times(outcomes, 'OVERLOADED')).toBe(491);
    const refusals = (await server.auditRecords()).filter(
      (record) => (record.reason as { reasonCode?: number }).reasonCode === 429,
    );
    expect(refusals).toHaveLength(20);
    expect(refusals[0]).toMatchObject({ initiator: { id: server.account.ownerIamId } });
  });
});
