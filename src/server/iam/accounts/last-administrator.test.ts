import { beforeEach, describe, expect, test } from 'vitest';
import { updateAccount } from '../../../contract/accounts/update.ts';
import { deleteInvitation } from '../../../contract/invitations/delete.ts';
import { OPERATIONS } from '../../../contract/operations.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { listPolicies } from '../../../contract/policies/list.ts';
import { inviteUsers } from '../../../contract/users/invite.ts';
import { removeUser } from '../../../contract/users/remove.ts';
import { updateUser } from '../../../contract/users/update.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { findUser } from '../../../store/iam/users.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

/** Who may do everything that a role can give. */
const EVERYTHING = ['iam-identity', 'iam-access-management', 'iam-groups', 'user-management', 'account-management', 'rootward'];

describe('the last administrator of an account', () => {
  let server: TestServer;
  let account_id: string;
  let owner: string;
  let rival: { readonly iamId: string; readonly token: string };
  beforeEach(async () => {
    server = await startTestServer();
    ({ accountId: account_id, ownerIamId: owner } = server.account);
    rival = await addPerson(server, 'rival');
    for (const service of EVERYTHING) await grant(server, { iamId: rival.iamId, roles: [`${PLATFORM}Administrator`], service });
    return () => server[Symbol.asyncDispose]();
  });
  const asOwner = (iam_id = owner) => ({ params: { account_id, iam_id }, query: {} });
  const owns = async () => {
    const account = await findAccount(server.store.db, account_id);
    const user = await findUser(server.store.db, account_id, account?.owner_iam_id ?? '');
    return [account?.owner_iam_id, user?.state];
  };

  test('is its owner, whom nobody removes, disables or demotes, not even himself or who has every role', async () => {
    for (const token of [rival.token, server.ownerToken]) {
      expect(await codeOf(server.call(removeUser, token, asOwner()))).toBe('ACCOUNT_OWNER');
      const disable = { ...asOwner(), body: { state: 'DISABLED' } };
      expect(await codeOf(server.call(updateUser, token, disable))).toBe('ACCOUNT_OWNER');
    }
    const seize = { params: { id: account_id }, body: { owner_iam_id: await addUser(server, 'ally') } };
    expect(await codeOf(server.call(updateAccount, rival.token, seize))).toBe('ACTION_DENIED');
    expect(await owns()).toEqual([owner, 'ACTIVE']);
  });

  test('keeps every right when all policies of the account are gone', async () => {
    const policies = async () => (await server.call(listPolicies, server.ownerToken, { query: {} })).output.policies;
    for (const { id } of await policies()) await server.call(deletePolicy, server.ownerToken, { params: { id }, query: {} });
    expect(await policies()).toEqual([]);
    await grant(server, { iamId: rival.iamId, roles: [`${PLATFORM}Administrator`], service: 'user-management' });
  });

  test('hands the account over to an active user, and only then may be removed', async () => {
    const heir = await addUser(server, 'heir');
    const disabled = await addUser(server, 'idle');
    await server.call(updateUser, server.ownerToken, { ...asOwner(disabled), body: { state: 'DISABLED' } });
    const invite = { params: { account_id }, body: { users: [{ email: 'guest@example.com' }] } };
    const [guest] = (await server.call(inviteUsers, server.ownerToken, invite)).output.resources;
    const handOver = (owner_iam_id: string) =>
      server.call(updateAccount, server.ownerToken, { params: { id: account_id }, body: { owner_iam_id } });
    expect(await codeOf(handOver(disabled))).toBe('USER_STATE');
    expect(await codeOf(handOver(guest?.id ?? ''))).toBe('USER_STATE');
    expect(await codeOf(handOver(rival.iamId))).toBe('INVALID_FIELD');
    expect(await codeOf(handOver('IBMid-nobody'))).toBe('INVALID_FIELD');
    expect(await owns()).toEqual([owner, 'ACTIVE']);

    await handOver(heir);
    expect(await owns()).toEqual([heir, 'ACTIVE']);
    expect(await codeOf(handOver(owner))).toBe('ACTION_DENIED');
    const login = { grant_type: 'password', username: 'heir@example.com', password: PASSWORD };
    const { access_token } = await ask(server, login, { client: BX });
    expect(await codeOf(server.call(removeUser, rival.token, asOwner(heir)))).toBe('ACCOUNT_OWNER');
    await server.call(removeUser, access_token, asOwner());
    expect(await owns()).toEqual([heir, 'ACTIVE']);
  });

  test('is there whichever comes first, when the heir is disabled while the account is handed over to him', async () => {
    const heir = await addUser(server, 'heir');
    const handOver = { params: { id: account_id }, body: { owner_iam_id: heir } };
    const disable = { ...asOwner(heir), body: { state: 'DISABLED' } };
    const both = await Promise.all([
      codeOf(server.call(updateAccount, server.ownerToken, handOver)),
      codeOf(server.call(updateUser, rival.token, disable)),
    ]);
    expect([
      ['answered', 'ACCOUNT_OWNER'],
      ['USER_STATE', 'answered'],
    ]).toContainEqual(both);
    expect((await owns())[1]).toBe('ACTIVE');
  });

  test('cannot be taken away with an invitation either', async () => {
    // Of an account whose owner has not accepted yet.
    await server.store.change(['iam'], async (tx) => {
      await tx.updateTable('account_users').set({ state: 'PENDING' }).where('iam_id', '=', owner).execute();
      const by = { created_at: 1, created_by: 'x', expires_at: Number.MAX_SAFE_INTEGER, token_hash: Buffer.from('x') };
      await tx
        .insertInto('invitations')
        .values({ ...by, id: 'i', account_id, iam_id: owner, email: 'o@example.com' })
        .execute();
    });
    expect(await codeOf(server.call(deleteInvitation, rival.token, { params: { id: 'i' } }))).toBe('ACCOUNT_OWNER');
    expect(await codeOf(server.call(removeUser, rival.token, asOwner()))).toBe('ACCOUNT_OWNER');
  });

  test('is touched by no operation but these: whoever adds one that changes users or accounts claims it here', () => {
    const changing = OPERATIONS.filter(({ name, mutates }) => mutates && /^(accounts|users|invitations)\./.test(name));
    expect(changing.map(({ name }) => name).sort()).toEqual([
      'accounts.create',
      'accounts.update',
      'invitations.accept',
      'invitations.delete',
      'invitations.renew',
      'users.accept',
      'users.invite',
      'users.remove',
      'users.set-password',
      'users.update',
    ]);
  });
});
