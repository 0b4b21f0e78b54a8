import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InvitationRow, insertInvitation } from '../../../store/iam/invitations.ts';
import { findPersonBySubject, insertPerson, LOCAL_REALM, type PersonRow, setPassword } from '../../../store/iam/people.ts';
import { findUser, insertUser, membershipsOf, removeUser } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { admit } from './admit.ts';
import type { ProviderSettings } from './provider-settings.ts';
import type { Arrival } from './relying-party.ts';

const DAY_MS = 86_400_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const PROVIDER: ProviderSettings = {
  name: 'corp',
  label: 'Corp',
  issuer: new URL('https://id.example.com'),
  clientId: 'rootward',
  scopes: 'openid email',
  invitations: true,
  trustEmail: false,
};

const arrival = (name: string, isEmailVerified = true): Arrival => ({
  subject: name,
  name,
  email: `${name}@example.com`,
  isEmailVerified,
  claims: {},
});

const admitted = (who: Arrival, settings: Partial<ProviderSettings> = {}) =>
  server.store.change(['iam'], (tx) => admit(tx, server.iam, { ...PROVIDER, ...settings }, who, server.clock.now()));
const letIn = async (who: Arrival, settings?: Partial<ProviderSettings>): Promise<PersonRow> =>
  (await admitted(who, settings)).person;

function letInvitation(tx: Tx, whose: Pick<InvitationRow, 'account_id' | 'iam_id' | 'email'>, expires_at: number) {
  const [id, token_hash] = [server.iam.newId(), server.iam.randomBytes(32)];
  return insertInvitation(tx, { id, ...whose, token_hash, expires_at, created_at: server.clock.now(), created_by: 'test' });
}

async function invited(name: string, lasts = DAY_MS, accountId = server.account.accountId): Promise<string> {
  const now = server.clock.now();
  const iam_id = `IBMid-${name}-${server.iam.newId()}`;
  await server.store.change(['iam'], async (tx) => {
    await insertPerson(tx, {
      iam_id,
      realm: LOCAL_REALM,
      subject: iam_id,
      email: `${name}@example.com`,
      name,
      password_hash: null,
      password_set_at: null,
      created_at: now,
    });
    await insertUser(tx, { account_id: accountId, iam_id, state: 'PENDING', added_at: now, added_by: 'test' });
    await letInvitation(tx, { account_id: accountId, iam_id, email: `${name}@example.com` }, now + lasts);
  });
  return iam_id;
}

const refused = (message: string) => expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED', message });

test('an invitation makes a user once, and is used up by it', async () => {
  const iamId = await invited('ada');
  expect(await letIn(arrival('ada'))).toMatchObject({ iam_id: iamId, realm: 'corp', subject: 'ada' });
  expect(await findUser(server.store.db, server.account.accountId, iamId)).toMatchObject({ state: 'ACTIVE' });
  expect(await server.store.db.selectFrom('invitations').selectAll().where('iam_id', '=', iamId).execute()).toEqual([]);
  expect((await letIn({ ...arrival('ada'), email: 'ada@elsewhere.example' })).iam_id).toBe(iamId);
});

test('an invitation that has expired, is of another address, or may not be used by this provider lets nobody in', async () => {
  const iamId = await invited('bob', 1000);
  await expect(letIn(arrival('bob', false))).rejects.toEqual(
    refused('Corp knows bob@example.com, who is no user of an account here.'),
  );
  await expect(letIn(arrival('bob'), { invitations: false })).rejects.toEqual(
    expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }),
  );
  await expect(letIn({ ...arrival('bob'), email: 'bob@example.co' })).rejects.toEqual(
    expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }),
  );
  await expect(letIn({ ...arrival('bob'), email: '' })).rejects.toEqual(
    refused('Corp knows bob, who is no user of an account here.'),
  );
  server.clock.advance(1000);
  await expect(letIn(arrival('bob'))).rejects.toEqual(expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }));
  expect(await findUser(server.store.db, server.account.accountId, iamId)).toMatchObject({ state: 'PENDING', realm: 'IBMid' });
});

test('who was invited and is an active user of some account by another way is nobody that a login becomes', async () => {
  const iamId = await invited('eve');
  const other = await server.addAccount();
  const row = { account_id: other.accountId, iam_id: iamId, added_at: 1, added_by: 'test' };
  await server.store.change(['iam'], (tx) => insertUser(tx, { ...row, state: 'ACTIVE' }));
  await expect(letIn(arrival('eve'))).rejects.toEqual(expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }));
});

test('an invitation that had expired at the first login, and was renewed, is accepted by the next one', async () => {
  const iamId = await invited('ian', DAY_MS);
  const other = await server.addAccount();
  const now = server.clock.now();
  const row = { account_id: other.accountId, iam_id: iamId };
  await server.store.change(['iam'], async (tx) => {
    await insertUser(tx, { ...row, state: 'PENDING', added_at: now, added_by: 'test' });
    await letInvitation(tx, { ...row, email: 'ian@example.com' }, now);
  });
  await letIn(arrival('ian'));
  const stateThere = async () => (await findUser(server.store.db, other.accountId, iamId))?.state;
  expect(await stateThere()).toBe('PENDING');
  await server.store.change(['iam'], (tx) => letInvitation(tx, { ...row, email: 'ian@example.com' }, now + DAY_MS));
  await letIn(arrival('ian', false));
  expect(await stateThere()).toBe('ACTIVE');
});

test('who has a password is nobody that a login becomes, also while he is a user of no account yet', async () => {
  const iamId = await invited('dan');
  await server.store.change(['iam'], (tx) => setPassword(tx, iamId, 'a hash', 1));
  await expect(letIn(arrival('dan'))).rejects.toEqual(expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }));
});

test('with provision, everybody with a verified address becomes a user without rights, once', async () => {
  const { accountId } = server.account;
  await expect(letIn(arrival('zoe', false), { provision: accountId })).rejects.toEqual(
    expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }),
  );
  await expect(letIn(arrival('zoe'), { provision: 'f'.repeat(32) })).rejects.toEqual(
    expect.objectContaining({ code: 'LOGIN_NOT_ADMITTED' }),
  );
  const { iam_id: iamId } = await letIn(arrival('zoe'), { provision: accountId });
  expect(iamId).toMatch(/^corp-[0-9a-f-]{36}$/);
  const { db } = server.store;
  expect(await findUser(db, accountId, iamId)).toMatchObject({ state: 'ACTIVE', email: 'zoe@example.com', realm: 'corp' });
  expect(await db.selectFrom('policies').select('id').where('subject_key', '=', iamId).execute()).toEqual([]);
  expect((await letIn(arrival('zoe'), { provision: accountId })).iam_id).toBe(iamId);
  await server.store.change(['iam'], (tx) => removeUser(tx, accountId, iamId, server.clock.now()));
  await letIn(arrival('zoe'), { provision: accountId });
  expect(await membershipsOf(db, iamId)).toEqual([]);
});

test('two logins of one new person at once make one person', async () => {
  const { accountId } = server.account;
  const both = await Promise.all([
    letIn(arrival('kim'), { provision: accountId }),
    letIn(arrival('kim'), { provision: accountId }),
  ]);
  expect(new Set(both.map(({ iam_id }) => iam_id)).size).toBe(1);
  expect(await findPersonBySubject(server.store.db, 'corp', 'kim')).toMatchObject({ iam_id: both[0].iam_id });
});

test('what was given with an invitation goes over to who is known already, each policy in its next revision', async () => {
  const iamId = (await letIn(arrival('lea'), { provision: server.account.accountId })).iam_id;
  const { accountId: account_id } = await server.addAccount();
  const subject_key = await invited('lea', DAY_MS, account_id);
  const made = { created_at: 1, created_by: 'x', modified_at: 1, modified_by: 'x', description: null, parent_id: null };
  const document = JSON.stringify({ subject: [{ name: 'iam_id', value: subject_key }], roles: [], resource: [] });
  const policy = { ...made, id: 'policy-of-lea', account_id, type: 'access', subject_key, document, state: 'active' } as const;
  await server.store.change(['iam'], (tx) =>
    tx
      .insertInto('policies')
      .values({ ...policy, etag: '3-x' })
      .execute(),
  );
  await letIn(arrival('lea'));
  const { db } = server.store;
  const moved = await db.selectFrom('policies').selectAll().where('id', '=', policy.id).executeTakeFirst();
  expect(moved).toMatchObject({ subject_key: iamId, etag: expect.stringMatching(/^4-[0-9a-f]{32}$/) });
  expect(moved?.document).toContain(iamId);
});

test('which invitations a login has accepted is told, for its record', async () => {
  const iamId = await invited('max');
  const [open] = await server.store.db.selectFrom('invitations').select('id').where('iam_id', '=', iamId).execute();
  expect((await admitted(arrival('max'))).accepted).toEqual([open?.id]);
  expect((await admitted(arrival('max'))).accepted).toEqual([]);
});
