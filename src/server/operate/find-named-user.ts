import { RootwardError } from '../../contract/errors.ts';
import { type AccountRow, listEveryAccount } from '../../store/iam/accounts.ts';
import { findUser, listUsers, type UserRow } from '../../store/iam/users.ts';
import type { Db } from '../../store/store.ts';

/** A user, in the words of somebody at the machine of the server. */
export interface NamedUser {
  /** Id or name of an account; absent: the only one. */
  readonly account?: string | undefined;
  /** E-mail address or IAM id of a user of the account; absent: its owner. */
  readonly user?: string | undefined;
}

/** Accounts and users that are named to somebody who has to choose one. */
const SHOWN = 20;

/** The one account and user that are meant. Throws USAGE, with what there is to choose from, or IAM_NOT_FOUND. */
export async function findNamedUser(db: Db, named: NamedUser): Promise<{ account: AccountRow; user: UserRow }> {
  const account = await findAccount(db, named.account);
  return {
    account,
    user: await (named.user === undefined ? findOwner(db, account) : findUserOf(db, account, named.user.trim())),
  };
}

async function findAccount(db: Db, wanted: string | undefined): Promise<AccountRow> {
  const accounts = await listEveryAccount(db);
  const found = wanted === undefined ? accounts : accounts.filter(({ id, name }) => id === wanted || name === wanted);
  const [account, ...more] = found;
  if (!account) {
    const what = wanted === undefined ? 'no account yet' : `no account ${wanted}`;
    throw new RootwardError('IAM_NOT_FOUND', { message: `There is ${what} here.` });
  }
  if (more.length === 0) return account;
  const shown = found.slice(0, SHOWN).map(({ id, name }) => `${name} (${id})`);
  const others = found.length > SHOWN ? `, and ${found.length - SHOWN} more` : '';
  throw new RootwardError('USAGE', {
    message: wanted === undefined ? 'There are several accounts here.' : `Several accounts are called ${wanted}.`,
    hint: `Name one by its id: ${shown.join(', ')}${others}.`,
  });
}

async function findOwner(db: Db, { id, name, owner_iam_id }: AccountRow): Promise<UserRow> {
  const owner = await findUser(db, id, owner_iam_id);
  if (!owner) throw new RootwardError('IAM_NOT_FOUND', { message: `The owner of the account ${name} is no user of it.` });
  return owner;
}

async function findUserOf(db: Db, { id, name }: AccountRow, wanted: string): Promise<UserRow> {
  const anyOf = [
    { column: 'iam_id', value: wanted },
    { column: 'email', value: wanted.toLowerCase() },
  ] as const;
  const [user, ...more] = await listUsers(db, { accountId: id, anyOf, after: '', limit: SHOWN });
  if (!user) throw new RootwardError('IAM_NOT_FOUND', { message: `The account ${name} has no user ${wanted}.` });
  if (more.length === 0) return user;
  throw new RootwardError('USAGE', {
    message: `Several users have the address ${wanted}.`,
    hint: `Name one by his IAM id: ${[user, ...more].map(({ iam_id, realm }) => `${iam_id} (${realm})`).join(', ')}.`,
  });
}
