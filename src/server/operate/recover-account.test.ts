import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listOutbox } from '../../store/audit.ts';
import { putApiKeyOwner } from '../../store/clusters/api-key-owners.ts';
import { changeApiKey, findApiKey, findApiKeyByHash, listApiKeys } from '../../store/iam/api-keys.ts';
import { findInvitationByToken } from '../../store/iam/invitations.ts';
import { findPerson, insertPerson, LOCAL_REALM, setPassword } from '../../store/iam/people.ts';
import { findSession, insertSession } from '../../store/iam/sessions.ts';
import { changeUserState, findUser, insertUser, membershipsOf, removeUser, type UserState } from '../../store/iam/users.ts';
import { openStore, type Store } from '../../store/store.ts';
import { type Config, loadConfig } from '../config.ts';
import { bootstrapAccount, type NewAccount } from '../iam/accounts/bootstrap.ts';
import { createApiKey } from '../iam/api-keys/new-key.ts';
import { hashSecret } from '../iam/api-keys/secret.ts';
import { hashInvitationToken } from '../iam/invitations/new-invitation.ts';
import { openDataDir } from './data-dir.ts';
import { type RecoveredAccess, recoverAccess, type WantedRecovery } from './recover-account.ts';
import { unseal } from './unseal.ts';

const ids = { newId: () => randomUUID(), randomBytes: (size: number) => randomBytes(size), now: () => 1 };

let folder: string;
let config: Config;
let account: NewAccount;

/** Looks into the store of the stopped server. */
async function inside<T>(look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ file: openDataDir(config.dataDir, true).database });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

const addAccount = (name: string, ownerState: UserState = 'ACTIVE') =>
  inside((store) => store.change(['iam'], (tx) => bootstrapAccount(tx, ids, { name, ownerState })));

async function addUser(accountId: string, email: string, state: UserState = 'ACTIVE', realm = LOCAL_REALM): Promise<string> {
  const iamId = `${realm}-${email}-${accountId.slice(0, 4)}`;
  await inside((store) =>
    store.change(['iam'], async (tx) => {
      const secret = { password_hash: null, password_set_at: null };
      await insertPerson(tx, { iam_id: iamId, realm, subject: iamId, email, name: email, ...secret, created_at: 1 });
      await addMembership(tx, accountId, iamId, state);
    }),
  );
  return iamId;
}

const addMembership = (tx: Parameters<typeof insertUser>[0], accountId: string, iamId: string, state: UserState) =>
  insertUser(tx, { account_id: accountId, iam_id: iamId, state, added_at: 1, added_by: 'me' });

/** A password, and somebody who is logged in by it. */
const logIn = (iamId: string) =>
  inside((store) =>
    store.change(['iam'], async (tx) => {
      await setPassword(tx, iamId, 'hash', 1);
      const times = { refreshes: 0, refreshed_at: 1, created_at: 1, expires_at: Date.now() + 1e6, ended_at: null };
      const how = { kind: 'password', api_key_id: null, client_id: 'bx', claims: null } as const;
      await insertSession(tx, { id: iamId, account_id: account.accountId, iam_id: iamId, ...how, ...times });
    }),
  );

async function recover(wanted: WantedRecovery = {}): Promise<RecoveredAccess> {
  return recoverAccess(config, wanted, () => undefined);
}

const keysOf = (accountId: string) =>
  inside((store) => listApiKeys(store.db, { accountId, sort: 'id', descending: false, backwards: false, limit: 10 }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rootward-recover-'));
  config = loadConfig({ env: {}, flags: { dataDir: join(folder, 'data') } });
  await inside((store) => unseal(store, config, openDataDir(config.dataDir, true)));
  account = await addAccount('first');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the way back into an account', () => {
  it('gives the owner an API key that counts, and leaves a critical record that names him and no secret', async () => {
    const access = await recover();
    expect(access).toMatchObject({ kind: 'api-key', user: { iamId: account.ownerIamId }, account: { name: 'first' } });
    await inside(async (store) => {
      const barrier = await unseal(store, config, openDataDir(config.dataDir, false));
      const row = await findApiKeyByHash(store.db, hashSecret(barrier, access.secret), 1);
      expect(row).toMatchObject({ iam_id: account.ownerIamId, account_id: account.accountId, name: access.label, disabled: 0 });
      const [outbox, ...more] = await listOutbox(store.db);
      expect(more).toEqual([]);
      expect(outbox?.body).not.toContain(access.secret);
      expect(JSON.parse(outbox?.body ?? '{}')).toMatchObject({
        action: 'iam-identity.account-access.reset',
        severity: 'critical',
        outcome: 'success',
        initiator: { host: { agent: 'rootward account recover' } },
        logSourceCRN: `crn:v1:bluemix:public:iam-identity::a/${account.accountId}:::`,
        target: { id: expect.stringContaining(account.ownerIamId) },
        requestData: { iamId: account.ownerIamId, accountName: 'first' },
        responseData: { keyId: row?.id },
      });
    });
  });

  it('changes nothing where the key could not be kept', async () => {
    const keep = () => {
      throw new Error('no room');
    };
    await expect(recoverAccess(config, {}, keep)).rejects.toThrow('no room');
    expect(await keysOf(account.accountId)).toEqual([]);
    expect(await inside((store) => listOutbox(store.db))).toEqual([]);
  });

  it('leaves password and logins alone unless it is told to take them away', async () => {
    await logIn(account.ownerIamId);
    await recover();
    const look = () =>
      inside(async ({ db }) => [
        (await findPerson(db, account.ownerIamId))?.password_hash,
        (await findSession(db, account.ownerIamId))?.ended_at,
      ]);
    expect(await look()).toEqual(['hash', null]);
    expect(await recover({ resetPassword: true })).toMatchObject({ hasNoPassword: true });
    expect(await look()).toEqual([null, expect.any(Number)]);
  });

  it('does not take away a password that opens another account, and then makes no key either', async () => {
    const other = await addAccount('second');
    await logIn(account.ownerIamId);
    await inside((store) => store.change(['iam'], (tx) => addMembership(tx, other.accountId, account.ownerIamId, 'ACTIVE')));
    const wanted = { account: 'first', resetPassword: true };
    await expect(recover(wanted)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('1 more') });
    expect(await inside(async ({ db }) => (await findPerson(db, account.ownerIamId))?.password_hash)).toBe('hash');
    expect(await keysOf(account.accountId)).toEqual([]);
    expect((await recover({ account: 'first' })).kind).toBe('api-key');
  });

  it('enables an owner whom damage has disabled, and says so, but no other disabled user', async () => {
    await inside((store) =>
      store.change(['iam'], (tx) =>
        changeUserState(tx, { account_id: account.accountId, iam_id: account.ownerIamId }, 'ACTIVE', 'DISABLED'),
      ),
    );
    expect(await recover()).toMatchObject({ kind: 'api-key', wasDisabled: true });
    await inside(async ({ db }) => {
      expect((await findUser(db, account.accountId, account.ownerIamId))?.state).toBe('ACTIVE');
      expect((await listOutbox(db))[0]?.body).toContain('is enabled again');
    });
  });

  it('names the keys that still log in, and deletes them only when told to: neither locked ones nor those of clusters', async () => {
    const whose = { iamId: account.ownerIamId, accountId: account.accountId, createdBy: 'me', now: 1 };
    const made = await inside(async (store) => {
      const barrier = await unseal(store, config, openDataDir(config.dataDir, false));
      return store.change(['iam'], async (tx) => {
        const of = async (name: string) => (await createApiKey(tx, { ...ids, barrier }, { ...whose, name })).row;
        const [leaked, locked, ofCluster] = [await of('leaked'), await of('locked'), await of('of a cluster')];
        await changeApiKey(tx, { ...locked, locked: 1 });
        await putApiKeyOwner(tx, {
          account_id: account.accountId,
          region: 'us-south',
          resource_group_id: 'default',
          iam_id: account.ownerIamId,
          api_key_id: ofCluster.id,
          set_at: 1,
          set_by: 'me',
        });
        return { leaked: leaked.id, locked: locked.id, ofCluster: ofCluster.id };
      });
    });
    const first = await recover();
    expect(first.earlierKeys.map(({ name, state }) => [name, state])).toEqual([
      ['leaked', 'kept'],
      ['locked', 'kept'],
      ['of a cluster', 'in-use'],
    ]);
    const second = await recover({ revokeKeys: true });
    expect(second.earlierKeys.map(({ name, state }) => [name, state])).toEqual([
      ['leaked', 'deleted'],
      ['locked', 'locked'],
      ['of a cluster', 'in-use'],
      [first.label, 'deleted'],
    ]);
    await inside(async ({ db }) => {
      const has = async (id: string) => (await findApiKey(db, account.accountId, id)) !== undefined;
      expect([await has(made.leaked), await has(made.locked), await has(made.ofCluster)]).toEqual([false, true, true]);
      expect((await listOutbox(db)).map(({ body }) => body).join()).toContain(`deleted: ${made.leaked}`);
    });
    expect((await keysOf(account.accountId)).map(({ name }) => name).sort()).toEqual(['locked', 'of a cluster', second.label]);
    expect(second.earlierKeys[2]?.replacedBy).toContain('api-key reset');
  });

  it('has no password to take away from who comes from a provider', async () => {
    await addUser(account.accountId, 'fed@example.com', 'ACTIVE', 'corp');
    const wanted = { user: 'fed@example.com', resetPassword: true };
    await expect(recover(wanted)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('provider corp') });
  });

  it('gives an owner who has not accepted his invitation another one', async () => {
    const invited = await addAccount('later', 'PENDING');
    const access = await recover({ account: 'later' });
    expect(access.kind).toBe('invitation');
    await inside(async (store) => {
      const barrier = await unseal(store, config, openDataDir(config.dataDir, false));
      const row = await findInvitationByToken(store.db, hashInvitationToken(barrier, access.secret));
      expect(row).toMatchObject({ account_id: invited.accountId, iam_id: invited.ownerIamId });
    });
    expect(await keysOf(invited.accountId)).toEqual([]);
  });

  it('gives an address back that another account took first, once its user there is removed', async () => {
    const theirs = await addAccount('theirs');
    const iamId = await addUser(theirs.accountId, 'gus@example.com');
    await logIn(iamId);
    await inside((store) => store.change(['iam'], (tx) => addMembership(tx, account.accountId, iamId, 'PENDING')));
    const wanted = { account: account.accountId, user: 'gus@example.com', resetPassword: true };
    await expect(recover(wanted)).rejects.toMatchObject({ code: 'USAGE' });
    await inside((store) => store.change(['iam'], (tx) => removeUser(tx, theirs.accountId, iamId, 2)));
    expect(await recover(wanted)).toMatchObject({ kind: 'invitation', user: { iamId }, hasNoPassword: true });
    await inside(async (store) => {
      expect((await findPerson(store.db, iamId))?.password_hash).toBeNull();
      expect(await membershipsOf(store.db, iamId)).toMatchObject([{ account_id: account.accountId, state: 'PENDING' }]);
    });
  });

  it('helps another user by address in whatever case, or by IAM id, unless he is disabled', async () => {
    const ada = await addUser(account.accountId, 'ada@example.com');
    expect((await recover({ user: ' Ada@Example.com' })).user.iamId).toBe(ada);
    expect((await recover({ user: ada })).user.email).toBe('ada@example.com');
    await addUser(account.accountId, 'out@example.com', 'DISABLED');
    await expect(recover({ user: 'out@example.com' })).rejects.toMatchObject({ code: 'USER_STATE' });
    await expect(recover({ user: 'nobody@example.com' })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  });

  it('never guesses: of several accounts, namesakes and addresses it wants one by its id', async () => {
    const other = await addAccount('second');
    await expect(recover()).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringMatching(new RegExp(`first \\(${account.accountId}\\), second \\(${other.accountId}\\)`)),
    });
    const namesake = await addAccount('second');
    await expect(recover({ account: 'second' })).rejects.toMatchObject({ hint: expect.stringContaining(namesake.accountId) });
    expect((await recover({ account: namesake.accountId })).user.iamId).toBe(namesake.ownerIamId);
    await expect(recover({ account: 'third' })).rejects.toMatchObject({
      code: 'IAM_NOT_FOUND',
      message: 'There is no account third here.',
    });

    const local = await addUser(other.accountId, 'two@example.com');
    const federated = await addUser(other.accountId, 'two@example.com', 'ACTIVE', 'corp');
    const both = recover({ account: other.accountId, user: 'two@example.com' });
    await expect(both).rejects.toMatchObject({ hint: `Name one by his IAM id: ${local} (IBMid), ${federated} (corp).` });
  });

  it('is closed to who does not have the seal', async () => {
    rmSync(join(folder, 'data.seal.key'));
    await expect(recover()).rejects.toMatchObject({ code: expect.stringMatching(/^SEAL/) });
    expect(await keysOf(account.accountId)).toEqual([]);
  });

  it('and where no server has run, and leaves nothing there', async () => {
    const elsewhere = loadConfig({ env: {}, flags: { dataDir: folder } });
    await expect(recoverAccess(elsewhere, {}, () => undefined)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('no server has run on it'),
    });
    expect(existsSync(join(folder, 'rootward.db'))).toBe(false);
  });

  it('and while a server has the store', async () => {
    await inside(async () => {
      await expect(recover()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    });
  });
});
