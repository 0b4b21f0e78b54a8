import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccount } from '../../../contract/accounts/create.ts';
import { getAccount } from '../../../contract/accounts/get.ts';
import { listAccounts } from '../../../contract/accounts/list.ts';
import { updateAccount } from '../../../contract/accounts/update.ts';
import { listGroups } from '../../../contract/groups/list.ts';
import { acceptInvitation } from '../../../contract/invitations/accept.ts';
import { deleteInvitation } from '../../../contract/invitations/delete.ts';
import { renewInvitation } from '../../../contract/invitations/renew.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { moveMembership } from '../../../store/iam/federated-people.ts';
import { writeMeta } from '../../../store/meta.ts';
import { addPerson, grant, PLATFORM } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';
import { addUser, ask, BX, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.store.change([], (tx) => writeMeta(tx, 'account_id', server.account.accountId));
});
afterAll(() => server[Symbol.asyncDispose]());

const create = (token: string, body: { name: string; owner_email?: string; owner_iam_id?: string }) =>
  server.call(createAccount, token, { body });
const logIn = (name: string, account: string) =>
  ask(server, { grant_type: 'password', username: `${name}@example.com`, password: PASSWORD, account }, { client: BX });

describe('another account', () => {
  test('is made by who administers the server, for an owner who accepts it, and has a resource group', async () => {
    const { output } = await create(server.ownerToken, { name: 'payments', owner_email: 'Ada@example.com' });
    expect(output).toMatchObject({ name: 'payments' });
    expect(output.id).toMatch(/^[0-9a-f]{32}$/);
    await server.call(acceptInvitation, undefined, { body: { token: output.invitation?.token ?? '', password: PASSWORD } });
    const { access_token } = await logIn('ada', output.id);
    const own = await server.call(getAccount, access_token, { params: { id: output.id } });
    expect(own.output).toMatchObject({ name: 'payments', owner_iam_id: output.owner_iam_id });
    const groups = await server.call(listGroups, access_token, { query: { default: true } });
    expect(groups.output.resources).toMatchObject([{ id: output.resource_group_id, name: 'Default' }]);
    const update = { params: { id: output.id }, body: { name: 'paying' } };
    expect((await server.call(updateAccount, access_token, update)).output.name).toBe('paying');
  });

  test('is made at once for a person who is known by id', async () => {
    const iamId = await addUser(server, 'bob');
    const { output } = await create(server.ownerToken, { name: 'bobs', owner_iam_id: iamId });
    expect(output.invitation).toBeUndefined();
    const { access_token } = await logIn('bob', output.id);
    const list = await server.call(listAccounts, access_token, {});
    expect(list.output.accounts.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(
      [server.account.accountId, output.id].map((id) => `${id} ACTIVE`).sort(),
    );
  });

  test('is no business of whoever made it', async () => {
    const { output } = await create(server.ownerToken, { name: 'theirs', owner_email: 'cleo@example.com' });
    expect(await codeOf(server.call(getAccount, server.ownerToken, { params: { id: output.id } }))).toBe('IAM_NOT_FOUND');
    const update = { params: { id: output.id }, body: { name: 'mine' } };
    expect(await codeOf(server.call(updateAccount, server.ownerToken, update))).toBe('IAM_NOT_FOUND');
    const id = output.invitation?.id ?? '';
    expect(await codeOf(server.call(renewInvitation, server.ownerToken, { params: { id } }))).toBe('IAM_NOT_FOUND');
    expect(await codeOf(server.call(deleteInvitation, server.ownerToken, { params: { id } }))).toBe('IAM_NOT_FOUND');
  });

  test('is made by nobody else: neither by the owner of an account nor by whoever may do much in the first one', async () => {
    const other = await server.addAccount();
    expect(await codeOf(create(other.token, { name: 'x', owner_email: 'd@example.com' }))).toBe('ACTION_DENIED');
    const editor = await addPerson(server, 'much');
    await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Administrator`], service: 'account-management' });
    // Nor does he learn who is known here.
    for (const owner_iam_id of [server.account.ownerIamId, 'IBMid-nobody']) {
      expect(await codeOf(create(editor.token, { name: 'x', owner_iam_id }))).toBe('ACTION_DENIED');
    }
    await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Administrator`], service: 'rootward' });
    expect(await codeOf(create(editor.token, { name: 'x', owner_iam_id: 'IBMid-nobody' }))).toBe('INVALID_FIELD');
    expect(await codeOf(create(editor.token, { name: 'x', owner_iam_id: editor.iamId }))).toBe('INVALID_FIELD');
    expect(await codeOf(create(editor.token, { name: 'x' }))).toBe('INVALID_FIELD');
    expect(await codeOf(create(editor.token, { name: 'x', owner_email: 'dan@example.com' }))).toBe('answered');
  });
});

test('an account that is unknown looks like one of somebody else', async () => {
  const other = await server.addAccount();
  const errors = await Promise.all(
    [other.accountId, 'f'.repeat(32)].map((id) =>
      server.call(getAccount, server.ownerToken, { params: { id } }).catch((error: unknown) => error),
    ),
  );
  expect(errors).toMatchObject([{ code: 'IAM_NOT_FOUND' }, { code: 'IAM_NOT_FOUND' }]);
  expect((errors[0] as Error).message).toBe((errors[1] as Error).message);
});

test('what happens to accounts is on record', async () => {
  const { output } = await create(server.ownerToken, { name: 'recorded', owner_email: 'eve@example.com' });
  const records = await server.auditRecords();
  expect(records.findLast(({ action }) => action === 'iam-identity.account.create')).toMatchObject({
    requestData: { accountName: 'recorded', ownerIamId: output.owner_iam_id, email: 'eve@example.com' },
    responseData: { accountId: output.id, resourceGroupId: output.resource_group_id },
  });
  expect(JSON.stringify(records)).not.toContain(output.invitation?.token);
});

test('an owner who is invited, and turns out to be somebody whom an identity provider knows, owns the account', async () => {
  const { output } = await create(server.ownerToken, { name: 'federated', owner_email: 'fay@corp.example' });
  const known = await addUser(server, 'fay-of-corp');
  const moved = { accountId: output.id, from: output.owner_iam_id, to: known, newId: server.iam.newId, now: server.clock.now() };
  await server.store.change(['iam'], (tx) => moveMembership(tx, moved));
  expect(await findAccount(server.store.db, output.id)).toMatchObject({ owner_iam_id: known });
  const { access_token } = await logIn('fay-of-corp', output.id);
  expect((await server.call(getAccount, access_token, { params: { id: output.id } })).output.name).toBe('federated');
});
