import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClock } from '../../../contract/clock/read.ts';
import { acceptInvitation } from '../../../contract/invitations/accept.ts';
import { deleteInvitation } from '../../../contract/invitations/delete.ts';
import { listInvitations } from '../../../contract/invitations/list.ts';
import { renewInvitation } from '../../../contract/invitations/renew.ts';
import { acceptAsUser } from '../../../contract/users/accept.ts';
import { getUser } from '../../../contract/users/get.ts';
import { type InvitedUser, inviteUsers } from '../../../contract/users/invite.ts';
import { listUsers } from '../../../contract/users/list.ts';
import { settleRestored } from '../../../store/after-restore.ts';
import { groupsOf, insertAccessGroup } from '../../../store/iam/access-groups.ts';
import { findPerson } from '../../../store/iam/people.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

const DAY = 86_400_000;
let server: TestServer;
let account_id: string;
beforeAll(async () => {
  server = await startTestServer();
  account_id = server.account.accountId;
});
afterAll(() => server[Symbol.asyncDispose]());

type Rights = Omit<Parameters<typeof server.call<typeof inviteUsers.input, unknown>>[2]['body'] & object, 'users'>;

async function invite(email: string, rights: Rights = {}, token = server.ownerToken, account = account_id): Promise<InvitedUser> {
  const input = { params: { account_id: account }, body: { users: [{ email }], ...rights } };
  const { output } = await server.call(inviteUsers, token, input);
  const [user] = output.resources;
  if (!user) throw new Error('nobody was invited');
  return user;
}

const accept = (token: string, password = PASSWORD, name?: string) =>
  server.call(acceptInvitation, undefined, { body: { token, password, ...(name !== undefined && { name }) } });
const logIn = (username: string, account = account_id) =>
  ask(server, { grant_type: 'password', username, password: PASSWORD, account }, { client: BX });
const stateOf = async (iam_id: string) =>
  (await server.call(getUser, server.ownerToken, { params: { account_id, iam_id }, query: {} })).output.state;

describe('an invitation', () => {
  test('makes somebody new a user once he accepts: he sets a password, and logs in with it', async () => {
    const { id, email, state, invitation } = await invite('  Ada@Example.com ');
    expect([email, state]).toEqual(['ada@example.com', 'PENDING']);
    expect(await codeOf(logIn(email))).toBe('CREDENTIALS_WRONG');
    const { output } = await accept(invitation.token, PASSWORD, 'Ada Lovelace');
    expect(output).toEqual({ account_id, iam_id: id, email, state: 'ACTIVE' });
    const { access_token } = await logIn('ADA@example.com');
    const self = await server.call(getUser, access_token, { params: { account_id, iam_id: id }, query: {} });
    expect(self.output).toMatchObject({ firstname: 'Ada', lastname: 'Lovelace', state: 'ACTIVE' });
  });

  test('is over where a backup is restored that knows it as open, and can be renewed', async () => {
    const { invitation } = await invite('restored@example.com');
    const backup = { id: 'b1', epoch: 0, created_at: server.clock.now(), key_versions: 0, location: '/b' };
    await server.store.change(['iam'], (tx) => settleRestored(tx, { backup, epoch: 1, envelopes: [] }));
    expect(await codeOf(accept(invitation.token))).toBe('IAM_NOT_FOUND');
    const renewed = await server.call(renewInvitation, server.ownerToken, { params: { id: invitation.id } });
    expect(await codeOf(accept(renewed.output.token))).toBe('answered');
  });

  test('is good once, and only in its newest form', async () => {
    const first = await invite('bob@example.com');
    const again = await server.call(renewInvitation, server.ownerToken, { params: { id: first.invitation.id } });
    expect(await codeOf(accept(first.invitation.token))).toBe('IAM_NOT_FOUND');
    await accept(again.output.token);
    expect(await codeOf(accept(again.output.token))).toBe('IAM_NOT_FOUND');
  });

  test('ends after seven days', async () => {
    await using alone = await startTestServer();
    const account = alone.account.accountId;
    const users = [{ email: 'late@example.com' }, { email: 'early@example.com' }];
    const { output } = await alone.call(inviteUsers, alone.ownerToken, { params: { account_id: account }, body: { users } });
    const [late, early] = output.resources.map(({ invitation }) => invitation.token);
    const take = (token = '') => codeOf(alone.call(acceptInvitation, undefined, { body: { token, password: PASSWORD } }));
    alone.clock.advance(7 * DAY - 1);
    expect(await take(early)).toBe('answered');
    alone.clock.advance(1);
    expect(await take(late)).toBe('IAM_NOT_FOUND');
    const token = await alone.logIn(alone.ownerApiKey);
    expect((await alone.call(listInvitations, token, { query: {} })).output.invitations).toMatchObject([
      { email: 'late@example.com' },
    ]);
  });

  test('is accepted by one of two who try at the same time', async () => {
    const { invitation } = await invite('duo@example.com');
    const both = await Promise.all([codeOf(accept(invitation.token)), codeOf(accept(invitation.token, 'another password'))]);
    expect(both.filter((code) => code === 'answered')).toHaveLength(1);
  });

  test('with a weak password is not used up', async () => {
    const { invitation } = await invite('eve@example.com');
    await expect(accept(invitation.token, 'eve@example.com')).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      message: 'Field password: a password is not the e-mail address.',
    });
    await accept(invitation.token);
  });

  test('that is taken back makes nobody a user, and leaves nothing of what was given with it', async () => {
    const iam_policy = [policyOn('kms', `${SERVICE}Reader`)];
    const { id, invitation } = await invite('fay@example.com', { iam_policy });
    const read = async () => (await server.call(listInvitations, server.ownerToken, { query: {} })).output.invitations;
    expect((await read()).find((open) => open.iam_id === id)).toMatchObject({ email: 'fay@example.com', id: invitation.id });
    await server.call(deleteInvitation, server.ownerToken, { params: { id: invitation.id } });
    expect((await read()).filter((open) => open.iam_id === id)).toEqual([]);
    expect(await codeOf(accept(invitation.token))).toBe('IAM_NOT_FOUND');
    expect(await codeOf(stateOf(id))).toBe('IAM_NOT_FOUND');
    expect(await policiesOf(id)).toBe(0);
    expect(await findPerson(server.store.db, id)).toBeUndefined();
  });

  test('of another account can neither be renewed nor taken back', async () => {
    const other = await server.addAccount();
    const { invitation } = await invite('gil@example.com');
    for (const operation of [renewInvitation, deleteInvitation]) {
      const input = { params: { id: invitation.id } };
      expect(await codeOf(server.call(operation, other.token, input as never))).toBe('IAM_NOT_FOUND');
    }
    expect((await server.call(listInvitations, other.token, { query: {} })).output.invitations).toEqual([]);
    await accept(invitation.token);
  });

  test('is not found by guessing: an address that was wrong too often learns no more', async () => {
    await using alone = await startTestServer();
    const guess = (n: number) =>
      codeOf(
        alone.call(acceptInvitation, undefined, { body: { token: `rwi_${n}`, password: PASSWORD } }, { address: '192.0.2.7' }),
      );
    const answers: string[] = [];
    for (let n = 0; n < 102; n += 1) answers.push(await guess(n));
    expect(answers.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 'IAM_NOT_FOUND'));
    expect(answers.slice(100)).toEqual(['OVERLOADED', 'OVERLOADED']);
  });

  test('is on record without its token, also when it is accepted by whom', async () => {
    const { id, invitation } = await invite('hal@example.com');
    await accept(invitation.token);
    const records = await server.auditRecords();
    const own = records.filter(({ requestData }) => (requestData as { email?: string }).email === 'hal@example.com');
    expect(own).toMatchObject([
      { action: 'user-management.user.invite', responseData: { iamId: [id], invitationId: [invitation.id] } },
      { action: 'user-management.invitation.accept', initiator: { id, typeURI: 'service/security/account/user' } },
    ]);
    expect(JSON.stringify(records)).not.toContain(invitation.token);
  });
});

describe('somebody who is known here already', () => {
  test('accepts as who he is logged in as, with the token, and is then in both accounts', async () => {
    const other = await server.addAccount();
    const iamId = await addUser(server, 'ike', [other.accountId]);
    const { id, invitation } = await invite('ike@example.com');
    expect(id).toBe(iamId);
    const there = await logIn('ike@example.com', other.accountId);
    expect(await codeOf(logIn('ike@example.com'))).toBe('ACTION_DENIED');
    const asIke = (token: string, account = account_id) =>
      server.call(acceptAsUser, there.access_token, {
        headers: { 'invitation-token': token },
        body: { account_id: account },
      });
    expect(await codeOf(asIke('rwi_x'))).toBe('IAM_NOT_FOUND');
    expect(await codeOf(asIke(invitation.token, other.accountId))).toBe('IAM_NOT_FOUND');
    await asIke(invitation.token);
    const here = await logIn('ike@example.com');
    const works = (token: string) => codeOf(server.call(readClock, token, {}));
    expect(await Promise.all([here.access_token, there.access_token].map(works))).toEqual(['answered', 'answered']);
    // A token of one account says nothing in the other.
    const list = { params: { account_id: other.accountId }, query: {} };
    expect(await codeOf(server.call(listUsers, here.access_token, list))).toBe('ACCOUNT_MISMATCH');
  });

  test('cannot be become by whoever has an invitation for his address: only his own password accepts it', async () => {
    const other = await server.addAccount();
    await addUser(server, 'joy');
    const { invitation } = await invite('joy@example.com', {}, other.token, other.accountId);
    await expect(accept(invitation.token, 'the password of a thief')).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    expect((await logIn('joy@example.com')).token_type).toBe('Bearer');
    await accept(invitation.token);
  });

  test('does not accept what was meant for somebody else', async () => {
    const other = await server.addAccount();
    await addUser(server, 'kim', [other.accountId]);
    const { access_token } = await logIn('kim@example.com', other.accountId);
    const { invitation } = await invite('lou@example.com');
    const input = { headers: { 'invitation-token': invitation.token }, body: { account_id } };
    expect(await codeOf(server.call(acceptAsUser, access_token, input))).toBe('IAM_NOT_FOUND');
  });

  test('shows the account that invites him no more than his address until he accepts', async () => {
    const other = await server.addAccount();
    const iamId = await addUser(server, 'mia', [other.accountId]);
    await invite('mia@example.com');
    const { output } = await server.call(getUser, server.ownerToken, { params: { account_id, iam_id: iamId }, query: {} });
    expect(output).toMatchObject({ state: 'PENDING', email: 'mia@example.com', firstname: '', lastname: '' });
  });
});

describe('what is given with an invitation', () => {
  test('is policies and access groups, which count once it is accepted', async () => {
    const group = {
      created_at: 1,
      created_by: 'x',
      account_id,
      description: null,
      entity_tag: '1',
      modified_at: 1,
      modified_by: 'x',
    };
    await server.store.change(['iam'], (tx) => insertAccessGroup(tx, { ...group, id: 'AccessGroupId-1', name: 'one' }));
    const rights = { iam_policy: [policyOn('user-management', `${PLATFORM}Viewer`)], access_groups: ['AccessGroupId-1'] };
    const { id, invitation } = await invite('nia@example.com', rights);
    expect(await groupsOf(server.store.db, account_id, id)).toEqual(['AccessGroupId-1']);
    await accept(invitation.token);
    const { access_token } = await logIn('nia@example.com');
    const list = { params: { account_id }, query: { limit: 1 } };
    expect((await server.call(listUsers, access_token, list)).output.limit).toBe(1);
  });

  test('is never more than the inviter has', async () => {
    const inviter = await addPerson(server, 'inviter');
    await grant(server, { iamId: inviter.iamId, roles: [`${PLATFORM}Editor`], service: 'user-management' });
    await grant(server, { iamId: inviter.iamId, roles: [`${PLATFORM}Administrator`], service: 'iam-access-management' });
    await grant(server, { iamId: inviter.iamId, roles: [`${PLATFORM}Administrator`], service: 'iam-groups' });
    const group = {
      created_at: 1,
      created_by: 'x',
      account_id,
      description: null,
      entity_tag: '1',
      modified_at: 1,
      modified_by: 'x',
    };
    await server.store.change(['iam'], (tx) => insertAccessGroup(tx, { ...group, id: 'AccessGroupId-2', name: 'two' }));
    await grantGroup('AccessGroupId-2');
    const denied = async (rights: Rights) => codeOf(invite('ole@example.com', rights, inviter.token));
    expect(await denied({ iam_policy: [policyOn('kms', `${SERVICE}Manager`)] })).toBe('ACTION_DENIED');
    expect(await denied({ access_groups: ['AccessGroupId-2'] })).toBe('ACTION_DENIED');
    expect(await denied({ access_groups: ['AccessGroupId-none'] })).toBe('INVALID_FIELD');
    expect(await denied({})).toBe('answered');
  });

  test('lets nobody become the invited one who has less than was given to him', async () => {
    const inviter = await addPerson(server, 'weak inviter');
    await grant(server, { iamId: inviter.iamId, roles: [`${PLATFORM}Editor`], service: 'user-management' });
    const { invitation } = await invite('pia@example.com', { iam_policy: [policyOn('kms', `${SERVICE}Manager`)] });
    const renew = { params: { id: invitation.id } };
    expect(await codeOf(server.call(renewInvitation, inviter.token, renew))).toBe('ACTION_DENIED');
    expect(await codeOf(invite('pia@example.com', {}, inviter.token))).toBe('ACTION_DENIED');
    await accept(invitation.token);
  });
});

test.each(['ada', 'a b@example.com', 'k\u212aate@example.com', 'ada@exämple.com', 'ada@example.com,bob@example.com'])(
  'an address that is none, or looks like another, is refused: %s',
  async (email) => {
    await expect(invite(email)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: 'users.0.email' } });
  },
);

function policyOn(service: string, role_id: string) {
  const resources = [{ attributes: [{ name: 'serviceName', value: service }] }];
  return { type: 'access' as const, roles: [{ role_id }], resources };
}

async function policiesOf(iamId: string): Promise<number> {
  const rows = await server.store.db.selectFrom('policies').select('id').where('subject_key', '=', iamId).execute();
  return rows.length;
}

/** Manager of kms, for an access group. */
async function grantGroup(id: string): Promise<void> {
  const document = {
    subject: [{ name: 'access_group_id', value: id }],
    roles: [`${SERVICE}Manager`],
    resource: [
      { name: 'accountId', value: account_id },
      { name: 'serviceName', value: 'kms' },
    ],
  };
  const by = { created_at: 1, created_by: 'x', modified_at: 1, modified_by: 'x' };
  await server.store.change(['iam'], (tx) =>
    tx
      .insertInto('policies')
      .values({
        ...by,
        id: `policy-of-${id}`,
        account_id,
        type: 'access',
        subject_key: id,
        document: JSON.stringify(document),
        description: null,
        state: 'active',
        etag: '1',
        parent_id: null,
      })
      .execute(),
  );
}
