import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { createPasscode } from '../../../contract/passcodes/create.ts';
import { API_KEY_GRANT, PASSCODE_GRANT, type TokenReply } from '../../../contract/tokens/grant.ts';
import { settleRestored } from '../../../store/after-restore.ts';
import { countLiveSessions, findSession } from '../../../store/iam/sessions.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, KUBE, PASSWORD } from '../tokens/testkit/logins.ts';
import { KEPT_SESSIONS, MOST_SESSIONS } from './surplus.ts';

const DAY = 86_400_000;

const logIn = (server: TestServer): Promise<TokenReply> =>
  ask(server, { grant_type: API_KEY_GRANT, apikey: server.ownerApiKey }, { client: BX });
const refresh = (server: TestServer, { refresh_token }: TokenReply, client = BX): Promise<TokenReply> =>
  ask(server, { grant_type: 'refresh_token', refresh_token }, { client });
const admit = (server: TestServer, { access_token }: TokenReply) => codeOf((async () => server.authenticate(access_token))());

describe('a refresh token', () => {
  it('that comes again after its grace ends the whole session, with every token of it', async () => {
    await using server = await startTestServer();
    const stolen = await logIn(server);
    const second = await refresh(server, stolen);
    const third = await refresh(server, second);
    expect(await admit(server, third)).toBe('answered');
    server.clock.advance(10_001);
    const replay = refresh(server, stolen);
    await expect(replay).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('used before') });
    for (const reply of [stolen, second, third]) expect(await admit(server, reply)).toBe('UNAUTHENTICATED');
    expect(await codeOf(refresh(server, third))).toBe('UNAUTHENTICATED');
    expect((await server.auditRecords()).filter(({ outcome }) => outcome === 'failure')).toMatchObject([
      {
        action: 'iam-identity.user-refreshtoken.login',
        initiator: { id: server.account.ownerIamId },
        reason: { reasonForFailure: 'The refresh token was used before. Its session has ended: log in again.' },
      },
      { action: 'iam-identity.refreshtoken.login' },
    ]);
  });

  it('may come again within ten seconds, for a client that lost the answer, and only the one before the newest', async () => {
    await using server = await startTestServer();
    const first = await logIn(server);
    const second = await refresh(server, first);
    server.clock.advance(10_000);
    expect((await refresh(server, first)).refresh_token).toBe(second.refresh_token);
    const third = await refresh(server, second);
    expect(await codeOf(refresh(server, first))).toBe('UNAUTHENTICATED');
    expect(await admit(server, third)).toBe('UNAUTHENTICATED');
  });

  it('sent twice at once gives both the same next one', async () => {
    await using server = await startTestServer();
    const first = await logIn(server);
    const replies = await Promise.all([1, 2, 3, 4].map(() => refresh(server, first)));
    expect(new Set(replies.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    expect(await server.store.db.selectFrom('sessions').select('refreshes').execute()).toEqual([{ refreshes: 1 }]);
  });

  it('is good for the client that it was given to, and for no other', async () => {
    await using server = await startTestServer();
    const login = await logIn(server);
    expect(await codeOf(refresh(server, login, KUBE))).toBe('UNAUTHENTICATED');
    expect(await codeOf(ask(server, { grant_type: 'refresh_token', refresh_token: login.refresh_token }))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await codeOf(refresh(server, login))).toBe('answered');
  });

  it('is over thirty days after the login, however often it was refreshed', async () => {
    await using server = await startTestServer();
    let reply = await logIn(server);
    for (let day = 0; day < 29; day += 7) {
      server.clock.advance(7 * DAY);
      if (day < 28) reply = await refresh(server, reply);
    }
    expect(await codeOf(refresh(server, reply))).toBe('UNAUTHENTICATED');
  });

  it('cannot be altered: not one byte of it', async () => {
    await using server = await startTestServer();
    const { refresh_token } = await logIn(server);
    const [content = '', mac = ''] = refresh_token.slice(4).split('.');
    const [id, number] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [string, number];
    for (const altered of [[id, number + 1], [id, number - 1], [`${id}0`, number], [id], {}]) {
      const forged = `rwr_${Buffer.from(JSON.stringify(altered)).toString('base64url')}.${mac}`;
      expect(await codeOf(ask(server, { grant_type: 'refresh_token', refresh_token: forged }, { client: BX }))).toBe(
        'UNAUTHENTICATED',
      );
    }
  });
});

describe('a session', () => {
  it('ends with its API key: access tokens at once, and nothing is refreshed', async () => {
    await using server = await startTestServer();
    const login = await logIn(server);
    expect(await admit(server, login)).toBe('answered');
    const { id } = await server.store.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow();
    await server.call(deleteApiKey, server.ownerToken, { params: { id } });
    expect(await admit(server, login)).toBe('UNAUTHENTICATED');
    expect(await codeOf(refresh(server, login))).toBe('UNAUTHENTICATED');
  });

  it('ends where its user is disabled or taken out of the account', async () => {
    await using server = await startTestServer();
    const iamId = await addUser(server, 'ada');
    const body = { grant_type: 'password', username: 'ada@example.com', password: PASSWORD };
    const login = await ask(server, body, { client: BX });
    const users = (state: 'ACTIVE' | 'DISABLED') =>
      server.store.change(['iam'], (tx) => tx.updateTable('account_users').set({ state }).where('iam_id', '=', iamId).execute());
    await users('DISABLED');
    expect(await admit(server, login)).toBe('UNAUTHENTICATED');
    expect(await codeOf(refresh(server, login))).toBe('UNAUTHENTICATED');
    await users('ACTIVE');
    expect(await admit(server, login)).toBe('answered');
    await server.store.change(['iam'], (tx) => tx.deleteFrom('account_users').where('iam_id', '=', iamId).execute());
    expect(await admit(server, login)).toBe('UNAUTHENTICATED');
  });

  it('empties no cache when it begins or goes on, and does when it ends', async () => {
    await using server = await startTestServer();
    const generation = server.store.generation('iam');
    const login = await logIn(server);
    await refresh(server, login);
    expect(server.store.generation('iam')).toBe(generation);
    server.clock.advance(10_001);
    await codeOf(refresh(server, login));
    expect(server.store.generation('iam')).toBe(generation + 1);
  });

  it('ends where a backup is restored, in which its refresh tokens would be good once more', async () => {
    await using server = await startTestServer();
    const login = await logIn(server);
    const { passcode } = (await server.call(createPasscode, server.ownerToken, {})).output;
    const backup = { id: 'b1', epoch: 0, created_at: server.clock.now(), key_versions: 0, location: '/b' };
    await server.store.change(['iam'], (tx) => settleRestored(tx, { backup, epoch: 1, envelopes: [] }));
    expect(await admit(server, login)).toBe('UNAUTHENTICATED');
    expect(await codeOf(refresh(server, login))).toBe('UNAUTHENTICATED');
    expect(await codeOf(ask(server, { grant_type: PASSCODE_GRANT, passcode }))).toBe('CREDENTIALS_WRONG');
    expect(await codeOf((async () => server.authenticate(server.ownerToken))())).toBe('answered');
  });

  it('is named by its access tokens, which name no API key', async () => {
    await using server = await startTestServer();
    const { id } = await logIn(server).then(({ access_token }) => ({ id: decodeJwt(access_token).session_id }));
    const session = await server.store.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
    expect(session).toMatchObject({ id, kind: 'apikey', client_id: 'bx', refreshes: 0, ended_at: null });
  });
});

describe('of an identity that logs in again and again', () => {
  it('the sessions end that were not refreshed for the longest time, and no others', async () => {
    await using server = await startTestServer();
    const old = await logIn(server);
    const used = await logIn(server);
    const [row] = await server.store.db.selectFrom('sessions').selectAll().limit(1).execute();
    if (!row) throw new Error('no session was begun');
    const stranger = { ...row, id: 'of somebody else', iam_id: 'IBMid-other' };
    server.clock.advance(1000);
    const now = server.clock.now();
    const more = Array.from({ length: MOST_SESSIONS - 2 }, (_, at) => ({
      ...row,
      id: `more-${at}`,
      created_at: now,
      refreshed_at: now,
    }));
    await server.store.change([], async (tx) => {
      for (let at = 0; at < more.length; at += 50)
        await tx
          .insertInto('sessions')
          .values(more.slice(at, at + 50))
          .execute();
      await tx.insertInto('sessions').values(stranger).execute();
    });
    server.clock.advance(1000);
    const renewed = await refresh(server, used);
    const live = async () => countLiveSessions(server.store.db, { accountId: row.account_id, iamId: row.iam_id, now });
    expect([await live(), await admit(server, old)]).toEqual([MOST_SESSIONS, 'answered']);

    const last = await logIn(server);
    expect(await live()).toBe(KEPT_SESSIONS);
    expect(await admit(server, old)).toBe('UNAUTHENTICATED');
    for (const reply of [renewed, last]) expect(await admit(server, reply)).toBe('answered');
    expect(await findSession(server.store.db, stranger.id)).toMatchObject({ ended_at: null });
  });
});
