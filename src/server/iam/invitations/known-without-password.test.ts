import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptInvitation } from '../../../contract/invitations/accept.ts';
import { acceptAsUser } from '../../../contract/users/accept.ts';
import { inviteUsers } from '../../../contract/users/invite.ts';
import { setOwnPassword } from '../../../contract/users/set-password.ts';
import { findPerson } from '../../../store/iam/people.ts';
import { findUser } from '../../../store/iam/users.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Invites the owner of the first account, who has an API key and no password, to another account; the invitation's token. */
async function inviteOwner(of = server) {
  const other = await of.addAccount();
  const { email = '' } = (await findPerson(of.store.db, of.account.ownerIamId)) ?? {};
  const input = { params: { account_id: other.accountId }, body: { users: [{ email }] } };
  const { output } = await of.call(inviteUsers, other.token, input);
  return { other, user: output.resources[0] };
}

describe('somebody who logs in by an API key only', () => {
  test('cannot be become by whoever invites his address to another account', async () => {
    const { user } = await inviteOwner();
    expect(user?.id).toBe(server.account.ownerIamId);
    const body = { token: user?.invitation.token ?? '', password: PASSWORD };
    expect(await codeOf(server.call(acceptInvitation, undefined, { body }))).toBe('ACTION_DENIED');
    expect((await findPerson(server.store.db, server.account.ownerIamId))?.password_hash).toBeNull();
  });

  test('accepts as who he is logged in as', async () => {
    const { other, user } = await inviteOwner();
    const headers = { 'invitation-token': user?.invitation.token ?? '' };
    await server.call(acceptAsUser, server.ownerToken, { headers, body: { account_id: other.accountId } });
    expect((await findUser(server.store.db, other.accountId, server.account.ownerIamId))?.state).toBe('ACTIVE');
  });

  test('is not kept from setting a first password by being invited elsewhere', async () => {
    await using alone = await startTestServer();
    await inviteOwner(alone);
    const set = alone.call(setOwnPassword, alone.ownerToken, { body: { new_password: PASSWORD } });
    expect(await codeOf(set)).toBe('answered');
  });
});
