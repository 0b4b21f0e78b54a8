import type { Db, Tx } from '../store.ts';
import type { InvitationRow } from './invitations.ts';
import { LOCAL_REALM, type PersonRow } from './people.ts';

/**
 * Open invitations of whoever has this e-mail address and no way to log in yet. Somebody with a password, or who is a user of any
 * account by now, is nobody that another login could become.
 */
export function openInvitationsOf(db: Db, email: string, now: number): Promise<InvitationRow[]> {
  return db
    .selectFrom('invitations as i')
    .innerJoin('people as p', 'p.iam_id', 'i.iam_id')
    .innerJoin('account_users as u', (join) =>
      join.onRef('u.account_id', '=', 'i.account_id').onRef('u.iam_id', '=', 'i.iam_id').on('u.state', '=', 'PENDING'),
    )
    .selectAll('i')
    .where('p.email', '=', email)
    .where('p.realm', '=', LOCAL_REALM)
    .where('p.password_hash', 'is', null)
    .where('i.expires_at', '>', now)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('account_users as o')
            .select('o.iam_id')
            .whereRef('o.iam_id', '=', 'i.iam_id')
            .where('o.state', '!=', 'PENDING'),
        ),
      ),
    )
    .orderBy('i.created_at')
    .orderBy('i.id')
    .execute();
}

/** Open invitations of a person who is known already. */
export function openInvitationsOfPerson(db: Db, iamId: string, now: number): Promise<InvitationRow[]> {
  return db
    .selectFrom('invitations as i')
    .innerJoin('account_users as u', (join) =>
      join.onRef('u.account_id', '=', 'i.account_id').onRef('u.iam_id', '=', 'i.iam_id').on('u.state', '=', 'PENDING'),
    )
    .selectAll('i')
    .where('i.iam_id', '=', iamId)
    .where('i.expires_at', '>', now)
    .orderBy('i.id')
    .execute();
}

/** Makes who was invited the person that a provider knows; its id stays, and all that was given to it. */
export async function claimPerson(
  tx: Tx,
  iamId: string,
  known: Pick<PersonRow, 'realm' | 'subject' | 'email' | 'name'>,
): Promise<void> {
  await tx.updateTable('people').set(known).where('iam_id', '=', iamId).execute();
}

export interface InvitedTwice {
  readonly accountId: string;
  /** Who was invited, and has never been here. */
  readonly from: string;
  /** Who that is. */
  readonly to: string;
  readonly newId: () => string;
  readonly now: number;
}

/** Gives a person the membership of somebody who was invited and turned out to be this person, with all that was given to it. */
export async function moveMembership(tx: Tx, { accountId, from, to, newId, now }: InvitedTwice): Promise<void> {
  const policies = await tx
    .selectFrom('policies')
    .select(['id', 'document', 'etag'])
    .where('account_id', '=', accountId)
    .where('subject_key', '=', from)
    .execute();
  for (const { id, document, etag } of policies) {
    const moved = document.replaceAll(JSON.stringify(from), JSON.stringify(to));
    const change = {
      subject_key: to,
      document: moved,
      etag: `${Number.parseInt(etag, 10) + 1}-${newId().replaceAll('-', '')}`,
      modified_at: now,
    };
    await tx.updateTable('policies').set(change).where('id', '=', id).execute();
  }
  await tx
    .updateTable('access_group_members')
    .set({ iam_id: to })
    .where('account_id', '=', accountId)
    .where('iam_id', '=', from)
    .execute();
  await tx
    .updateTable('profile_identities')
    .set({ identifier: to })
    .where('account_id', '=', accountId)
    .where('type', '=', 'user')
    .where('identifier', '=', from)
    .execute();
  await tx
    .updateTable('account_users')
    .set({ iam_id: to, state: 'ACTIVE' })
    .where('account_id', '=', accountId)
    .where('iam_id', '=', from)
    .execute();
  await tx
    .updateTable('accounts')
    .set({ owner_iam_id: to })
    .where('id', '=', accountId)
    .where('owner_iam_id', '=', from)
    .execute();
}

export interface AccountOfPerson {
  readonly id: string;
  readonly name: string;
  readonly state: 'ACTIVE' | 'PENDING' | 'DISABLED';
}

/** The accounts that a person is in, in whatever state; the one for the longest time first. */
export function accountsOfPerson(db: Db, iamId: string): Promise<AccountOfPerson[]> {
  return db
    .selectFrom('account_users as u')
    .innerJoin('accounts as a', 'a.id', 'u.account_id')
    .select(['a.id', 'a.name', 'u.state'])
    .where('u.iam_id', '=', iamId)
    .orderBy('u.added_at')
    .orderBy('a.id')
    .execute();
}
