import { randomBytes, randomUUID } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { Barrier } from '../../crypto/barrier.ts';
import { openBarrier } from '../../crypto/seals/envelope.ts';
import type { AccountRow } from '../../store/iam/accounts.ts';
import { clearPassword, endOtherSessions, LOCAL_REALM } from '../../store/iam/people.ts';
import { changeUserState, membershipsOf, type UserRow } from '../../store/iam/users.ts';
import { joinStore, openStore, type Tx } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { createApiKey } from '../iam/api-keys/new-key.ts';
import { keysOfIdentity } from '../iam/api-keys/target.ts';
import { createInvitation } from '../iam/invitations/new-invitation.ts';
import { crnOfTarget } from '../target.ts';
import { findDataDir } from './data-dir.ts';
import { type EarlierKey, earlierKeys } from './earlier-keys.ts';
import { findNamedUser, type NamedUser } from './find-named-user.ts';
import { operator, recordOperatorsAct } from './record-operators-act.ts';
import { readEnvelopes, sealOf } from './unseal.ts';

export interface WantedRecovery extends NamedUser {
  /** Also takes the password away, so that its person can set another one with the API key. */
  readonly resetPassword?: boolean;
  /** Also deletes the API keys that he had, but for locked ones. */
  readonly revokeKeys?: boolean;
}

export interface RecoveredAccess {
  readonly account: { readonly id: string; readonly name: string };
  readonly user: { readonly iamId: string; readonly email: string };
  /** An API key; or the token of an invitation, for somebody who has not accepted his yet. */
  readonly kind: 'api-key' | 'invitation';
  /** What the key is called, or when the invitation ends. */
  readonly label: string;
  readonly secret: string;
  readonly hasNoPassword: boolean;
  /** The owner was disabled, which nothing but damage makes him, and is enabled now. */
  readonly wasDisabled: boolean;
  readonly earlierKeys: readonly EarlierKey[];
}

/**
 * The way back into an account whose owner (or another user) has lost password and API keys, by whoever has the server's own machine
 * and its seal: makes a new API key for him, and takes nothing of what he had unless it is told to. `keep` gets the secret before anything is changed for
 * good; if it rejects, nothing is. Throws CONFIG, USAGE, IAM_NOT_FOUND, USER_STATE, a refusal of the seal; DATA_DIR_IN_USE while the server
 * runs on an embedded store.
 */
export async function recoverAccess(
  config: Config,
  wanted: WantedRecovery,
  keep: (access: RecoveredAccess) => void,
): Promise<RecoveredAccess> {
  const dataDir = findDataDir(config);
  const place = { file: dataDir.database, url: config.store.url };
  // On a shared database everybody may write, also beside the server that has this data directory.
  const store = await (place.url === undefined ? openStore(place) : joinStore(place));
  try {
    const envelopes = await readEnvelopes(store);
    using key = await openBarrier(envelopes, sealOf(envelopes, config, dataDir));
    const barrier = new Barrier(key);
    const now = Date.now();
    return await store.change(['iam'], async (tx) => {
      const { account, user: found } = await findNamedUser(tx, wanted);
      const user = await enabledUser(tx, account, found);
      if (wanted.resetPassword) await takePasswordAway(tx, user, now);
      const earlier = await earlierKeys(tx, user, wanted.revokeKeys ?? false, now);
      const { access: given, responseData } = await giveAccess(tx, barrier, account, user, wanted, now);
      const access = { ...given, wasDisabled: found.state === 'DISABLED', earlierKeys: earlier };
      await recordOperatorsAct(tx, config, dataDir, {
        at: now,
        command: 'account recover',
        action: 'iam-identity.account-access.reset',
        status: 200,
        target: {
          id: crnOfTarget(keysOfIdentity(account.id, user.iam_id)),
          name: user.email,
          typeURI: 'iam-identity/account-access',
        },
        logSourceCRN: crnOfTarget({ serviceName: 'iam-identity', accountId: account.id }),
        requestData: {
          iamId: user.iam_id,
          email: user.email,
          accountId: account.id,
          accountName: account.name,
          reason: reasonOf(access, wanted),
        },
        responseData,
      });
      keep(access);
      return access;
    });
  } finally {
    await store.close();
  }
}

function reasonOf({ kind, wasDisabled, earlierKeys: keys }: RecoveredAccess, { resetPassword }: WantedRecovery): string {
  const made = kind === 'api-key' ? 'An API key' : 'An invitation';
  const enabled = wasDisabled ? ', he was disabled and is enabled again' : '';
  const taken = resetPassword ? ', his password was taken away' : '';
  const gone = keys.filter(({ state }) => state === 'deleted').map(({ id }) => id);
  const deleted = gone.length > 0 ? `, his earlier API keys were deleted: ${gone.join(' ')}` : '';
  return `${made} was made for the user at the machine of the server${enabled}${taken}${deleted}.`;
}

/** An owner is never disabled by the API. Where damage has done it, nobody of the account may be able to undo it. */
async function enabledUser(tx: Tx, account: AccountRow, user: UserRow): Promise<UserRow> {
  if (user.state !== 'DISABLED') return user;
  if (user.iam_id !== account.owner_iam_id) {
    throw new RootwardError('USER_STATE', {
      message: `${user.email} is disabled in ${account.name}: who may manage its users enables him first.`,
      hint: 'Without --user the owner of the account gets the API key.',
    });
  }
  await changeUserState(tx, user, 'DISABLED', 'ACTIVE');
  return { ...user, state: 'ACTIVE' };
}

async function takePasswordAway(tx: Tx, user: UserRow, now: number): Promise<void> {
  if (user.realm !== LOCAL_REALM) {
    throw new RootwardError('USAGE', { message: `${user.email} has no password here: the provider ${user.realm} keeps it.` });
  }
  // A password opens every account that its person is a user of. Whoever is only helped in one keeps it, or loses it there first.
  const others = (await membershipsOf(tx, user.iam_id)).filter(
    ({ account_id, state }) => account_id !== user.account_id && state !== 'PENDING',
  );
  if (others.length > 0) {
    throw new RootwardError('USAGE', {
      message: `${user.email} is a user of ${others.length} more accounts, and a password opens all of them, so it stays.`,
      hint: 'Without --reset-password he gets an API key of this account. A new password needs the old one, or to be a user of one account only.',
    });
  }
  await clearPassword(tx, user.iam_id);
  // Whoever knew the password may be logged in.
  await endOtherSessions(tx, user.iam_id, undefined, now);
}

interface Given {
  readonly access: Omit<RecoveredAccess, 'wasDisabled' | 'earlierKeys'>;
  readonly responseData: Readonly<Record<string, string>>;
}

async function giveAccess(
  tx: Tx,
  barrier: Barrier,
  account: AccountRow,
  user: UserRow,
  { resetPassword = false }: WantedRecovery,
  now: number,
): Promise<Given> {
  const ids = { newId: () => randomUUID(), randomBytes: (size: number) => randomBytes(size), barrier };
  const shown = {
    account: { id: account.id, name: account.name },
    user: { iamId: user.iam_id, email: user.email },
    hasNoPassword: resetPassword,
  };
  const whose = { accountId: account.id, iamId: user.iam_id, now };
  if (user.state === 'PENDING') {
    const invitation = await createInvitation(tx, ids, { ...whose, email: user.email, by: operator() });
    const access = { ...shown, kind: 'invitation', label: invitation.expires_at, secret: invitation.token } as const;
    return { access, responseData: { invitationId: invitation.id } };
  }
  const name = `recovered ${new Date(now).toISOString().slice(0, 10)}`;
  const { row, secret } = await createApiKey(tx, ids, { ...whose, name, createdBy: operator() });
  return { access: { ...shown, kind: 'api-key', label: name, secret }, responseData: { keyId: row.id, keyName: name } };
}
