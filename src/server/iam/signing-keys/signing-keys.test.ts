import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { rotateSigningKey } from '../../../contract/signing-keys/rotate.ts';
import { API_KEY_GRANT } from '../../../contract/tokens/grant.ts';
import { listSigningKeys } from '../../../contract/tokens/keys.ts';
import { writeMeta } from '../../../store/meta.ts';
import { iamJobs } from '../../jobs/iam/list.ts';
import { createJobMetrics } from '../../jobs/job-metrics.ts';
import { createScheduler, type Scheduler } from '../../jobs/scheduler.ts';
import { createLog } from '../../log.ts';
import { createMetrics } from '../../operate/metrics.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { createAuthenticate } from '../tokens/authenticate.ts';
import { addUser, ask, BX, codeOf } from '../tokens/testkit/logins.ts';
import { VERIFIES_MS } from './life.ts';
import { openSigningKeys } from './signing-keys.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

async function openServer(): Promise<TestServer> {
  const server = await startTestServer();
  await server.store.change([], (tx) => writeMeta(tx, 'account_id', server.account.accountId));
  server.clock.advance(MINUTE);
  return server;
}

const kids = async (server: TestServer) => (await server.call(listSigningKeys, undefined, {})).output.keys.map(({ kid }) => kid);
const rotate = async (server: TestServer) => (await server.call(rotateSigningKey, server.ownerToken, {})).output;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

function schedulerOf(server: TestServer): Scheduler {
  const { store, auditor, clockGuard: clock, iam } = server;
  return createScheduler({
    store,
    auditor,
    clock,
    log: createLog({ level: 'fatal' }),
    jobs: iamJobs({ ...iam, now: clock.now, signingKeyMs: 90 * DAY }),
    metrics: createJobMetrics(createMetrics().registry, () => false),
    owner: 'test',
    intervalMs: MINUTE,
    leaseMs: MINUTE,
    batchSize: 100,
    confirmMs: 10 * MINUTE,
  });
}

/** Lets time pass as it does where the server runs: scheduled work looks again and again. */
async function pass(server: TestServer, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= DAY) {
    server.clock.advance(Math.min(left, DAY));
    await server.clockGuard.remember();
  }
}

describe('signing keys', () => {
  it('two are published from the start: the one that signs and the next', async () => {
    await using server = await openServer();
    const published = await kids(server);
    expect(published).toHaveLength(2);
    expect(published).toContain(kidOf(server.ownerToken));
  });

  it('a rotation lets the next one sign, which clients know already, and breaks no token', async () => {
    await using server = await openServer();
    const before = await kids(server);
    const { kid, retired_kids, next_kid } = await rotate(server);
    expect(retired_kids).toEqual([kidOf(server.ownerToken)]);
    expect(before).toContain(kid);
    expect(before).not.toContain(next_kid);
    expect(new Set(await kids(server))).toEqual(new Set([kid, next_kid, ...retired_kids]));
    const fresh = await server.logIn(server.ownerApiKey);
    expect(kidOf(fresh)).toBe(kid);
    const authenticate = createAuthenticate({ ...server.iam, now: server.clock.now });
    for (const token of [server.ownerToken, fresh]) expect(await codeOf((async () => authenticate(token))())).toBe('answered');
    expect((await server.auditRecords()).at(-2)).toMatchObject({
      action: 'rootward.signing-key.rotate',
      outcome: 'success',
      responseData: { keyId: kid },
    });
  });

  it('a retired one verifies until all that it signed has expired, and its private half is gone at once', async () => {
    await using server = await openServer();
    const { retired_kids } = await rotate(server);
    const [retired = ''] = retired_kids;
    const row = await server.store.db
      .selectFrom('signing_keys')
      .select('sealed_private_key')
      .where('kid', '=', retired)
      .executeTakeFirstOrThrow();
    expect(row.sealed_private_key).toHaveLength(0);
    server.clock.advance(VERIFIES_MS - 1);
    expect(await kids(server)).toContain(retired);
    expect(await server.iam.signingKeys.publicKey(retired)).toBeDefined();
    server.clock.advance(1);
    expect(await kids(server)).not.toContain(retired);
    expect(await server.iam.signingKeys.publicKey(retired)).toBeUndefined();
  });

  it('another replica signs with the new key after a change that it hears of, and verifies with it', async () => {
    await using server = await openServer();
    const another = await openSigningKeys({ ...server.iam, now: server.clock.now });
    const before = (await another.current()).kid;
    const { kid } = await rotate(server);
    expect((await another.current()).kid).toBe(kid);
    expect(kid).not.toBe(before);
    expect((await another.published()).map((jwk) => jwk.kid)).toContain(kid);
  });

  it('are rotated by whoever administers the server, and by nobody else', async () => {
    await using server = await openServer();
    const { token } = await server.addAccount();
    const robot = await addPerson(server, 'robot');
    for (const caller of [token, robot.token]) {
      expect(await codeOf(server.call(rotateSigningKey, caller, {}))).toBe('ACTION_DENIED');
    }
  });

  it('are rotated once a minute at most, so that the list of those that verify stays short', async () => {
    await using server = await openServer();
    await rotate(server);
    server.clock.advance(MINUTE - 1000);
    const early = server.call(rotateSigningKey, server.ownerToken, {});
    await expect(early).rejects.toMatchObject({ code: 'SIGNING_KEY_ROTATED', retryAfterSeconds: 1 });
    server.clock.advance(1000);
    expect((await rotate(server)).retired_kids).toHaveLength(1);
    expect(await kids(server)).toHaveLength(4);
  });

  it('of an installation from before there was a next one get it at the start', async () => {
    await using server = await openServer();
    await server.store.change(['iam'], (tx) => tx.deleteFrom('signing_keys').where('activated_at', 'is', null).execute());
    const keys = await openSigningKeys({ ...server.iam, now: server.clock.now });
    expect(await keys.published()).toHaveLength(2);
    expect((await keys.current()).kid).toBe(kidOf(server.ownerToken));
  });
});

describe('scheduled work', () => {
  it('rotates a key that has signed for ninety days, and drops what has retired when nothing needs it', async () => {
    await using server = await openServer();
    const scheduler = schedulerOf(server);
    await pass(server, 90 * DAY - MINUTE - 1000);
    await scheduler.pass();
    const [before] = [(await server.iam.signingKeys.current()).kid];
    expect(before).toBe(kidOf(server.ownerToken));
    await pass(server, MINUTE);
    await scheduler.pass();
    expect((await server.iam.signingKeys.current()).kid).not.toBe(before);
    expect((await server.auditRecords()).at(-1)).toMatchObject({
      action: 'rootward.signing-key.rotate',
      initiator: { name: 'rootward' },
    });
    expect(await rows(server)).toHaveLength(3);
    await pass(server, VERIFIES_MS);
    for (let look = 0; look < 3; look += 1) {
      await pass(server, 11 * MINUTE);
      await scheduler.pass();
    }
    expect((await rows(server)).map(({ kid }) => kid)).not.toContain(before);
    expect(await rows(server)).toHaveLength(2);
  });

  it('drops sessions that ended or expired and old passcodes, and keeps the others', async () => {
    await using server = await openServer();
    const scheduler = schedulerOf(server);
    const logIn = () => ask(server, { grant_type: API_KEY_GRANT, apikey: server.ownerApiKey }, { client: BX });
    await addUser(server, 'ada');
    const first = await logIn();
    await ask(server, { grant_type: 'refresh_token', refresh_token: first.refresh_token }, { client: BX });
    await pass(server, MINUTE);
    await codeOf(ask(server, { grant_type: 'refresh_token', refresh_token: first.refresh_token }, { client: BX }));
    await logIn();
    const now = server.clock.now();
    const code = { account_id: 'a', iam_id: 'i', api_key_id: null, created_at: now };
    await server.store.change([], (tx) =>
      tx
        .insertInto('passcodes')
        .values([
          { ...code, code_hash: Buffer.alloc(32, 1), expires_at: now },
          { ...code, code_hash: Buffer.alloc(32, 2), expires_at: now + DAY },
        ])
        .execute(),
    );
    const count = async (table: 'sessions' | 'passcodes') =>
      (await server.store.db.selectFrom(table).selectAll().execute()).length;
    expect([await count('sessions'), await count('passcodes')]).toEqual([2, 2]);
    for (let look = 0; look < 3; look += 1) {
      await scheduler.pass();
      await pass(server, 11 * MINUTE);
    }
    expect([await count('sessions'), await count('passcodes')]).toEqual([1, 1]);
  });
});

function rows(server: TestServer) {
  return server.store.db.selectFrom('signing_keys').select('kid').execute();
}
