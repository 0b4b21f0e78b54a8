import { RootwardError } from '../../../contract/errors.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { claimPerson, moveMembership, openInvitationsOf, openInvitationsOfPerson } from '../../../store/iam/federated-people.ts';
import { deleteInvitation } from '../../../store/iam/invitations.ts';
import { findPerson, findPersonBySubject, insertPerson, type PersonRow } from '../../../store/iam/people.ts';
import { changeUserState, findUser, insertUser } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';
import type { ProviderSettings } from './provider-settings.ts';
import type { Arrival } from './relying-party.ts';

export interface Admitted {
  readonly person: PersonRow;
  /** The invitations, of whatever accounts, that this login has accepted. */
  readonly accepted: readonly string[];
}

/**
 * The person that a provider means. Only the provider's own name and `sub` identify somebody: an e-mail address finds invitations of
 * whoever has never been here, and nothing else, so that nobody becomes somebody who has an account already. Throws
 * LOGIN_NOT_ADMITTED.
 */
export async function admit(
  tx: Tx,
  deps: Pick<IdSource, 'newId'>,
  provider: ProviderSettings,
  arrival: Arrival,
  now: number,
): Promise<Admitted> {
  const known = await findPersonBySubject(tx, provider.name, arrival.subject);
  const own = known ? await acceptOwn(tx, known, now) : [];
  const invited = await acceptInvitations(tx, deps, provider, arrival, known, now);
  const person = invited.person ?? known ?? (await provision(tx, deps, provider, arrival, now));
  if (person) return { person, accepted: [...own, ...invited.accepted] };
  const who = arrival.email === '' ? arrival.subject : arrival.email;
  throw new RootwardError('LOGIN_NOT_ADMITTED', {
    message: `${provider.label} knows ${who}, who is no user of an account here.`,
    hint: arrival.isEmailVerified
      ? 'Ask the administrator of the account for an invitation to this address.'
      : `An invitation counts only where ${provider.label} says that the e-mail address is verified, which it does not.`,
  });
}

/** Invitations of the person himself: whoever he is known as, it is he. */
async function acceptOwn(tx: Tx, { iam_id: iamId }: PersonRow, now: number): Promise<string[]> {
  const open = await openInvitationsOfPerson(tx, iamId, now);
  for (const { id, account_id } of open) {
    await changeUserState(tx, { account_id, iam_id: iamId }, 'PENDING', 'ACTIVE');
    await deleteInvitation(tx, id);
  }
  return open.map(({ id }) => id);
}

/** Invitations of whoever has the address and has never been here. */
async function acceptInvitations(
  tx: Tx,
  deps: Pick<IdSource, 'newId'>,
  provider: ProviderSettings,
  arrival: Arrival,
  known: PersonRow | undefined,
  now: number,
): Promise<Partial<Admitted> & Pick<Admitted, 'accepted'>> {
  const accepted: string[] = [];
  if (!provider.invitations || !arrival.isEmailVerified) return { accepted };
  const { subject, email, name } = arrival;
  const invitations = await openInvitationsOf(tx, email, now);
  for (const { id, account_id: accountId, iam_id: iamId } of invitations) {
    if (!known) await changeUserState(tx, { account_id: accountId, iam_id: iamId }, 'PENDING', 'ACTIVE');
    else if (await findUser(tx, accountId, known.iam_id)) continue;
    else await moveMembership(tx, { accountId, from: iamId, to: known.iam_id, newId: deps.newId, now });
    await deleteInvitation(tx, id);
    accepted.push(id);
  }
  const [first] = invitations;
  if (known || !first) return { accepted };
  await claimPerson(tx, first.iam_id, { realm: provider.name, subject, email, name });
  const person = await findPerson(tx, first.iam_id);
  return { ...(person && { person }), accepted };
}

/** Whoever was here before, and was removed, is not made a user again. */
async function provision(
  tx: Tx,
  { newId }: Pick<IdSource, 'newId'>,
  { name: realm, provision: accountId }: ProviderSettings,
  { subject, email, name, isEmailVerified }: Arrival,
  now: number,
): Promise<PersonRow | undefined> {
  if (accountId === undefined || !isEmailVerified || !(await findAccount(tx, accountId))) return undefined;
  const iamId = `${realm}-${newId()}`;
  const person: PersonRow = {
    iam_id: iamId,
    realm,
    subject,
    email,
    name,
    password_hash: null,
    password_set_at: null,
    created_at: now,
  };
  await insertPerson(tx, person);
  await insertUser(tx, { account_id: accountId, iam_id: iamId, state: 'ACTIVE', added_at: now, added_by: iamId });
  return person;
}
