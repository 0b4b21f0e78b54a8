import { insertAccount } from '../../../store/iam/accounts.ts';
import { insertGroup } from '../../../store/iam/groups.ts';
import { findLocalPersonByEmail, namePerson } from '../../../store/iam/people.ts';
import { insertUser, type UserState } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';
import { findOrAddPerson } from '../people/new-person.ts';

export interface BootstrapDeps extends IdSource {
  readonly now: () => number;
}

export interface NewAccount {
  /** 32 hex digits. */
  readonly accountId: string;
  /** The user who may do everything in the account. */
  readonly ownerIamId: string;
  readonly resourceGroupId: string;
}

/** What a new account is called, and who owns it: somebody who is known, or somebody new. */
export interface WantedAccount {
  readonly name?: string;
  /** A person who is there. */
  readonly ownerIamId?: string;
  /** `PENDING`: he has been invited to own it. */
  readonly ownerState?: UserState;
}

/** Makes an account with its owner and its resource group `Default`. */
export async function bootstrapAccount(tx: Tx, deps: BootstrapDeps, wanted: WantedAccount = {}): Promise<NewAccount> {
  const now = deps.now();
  const accountId = hexId(deps);
  const resourceGroupId = hexId(deps);
  const ownerIamId = wanted.ownerIamId ?? (await addOwner(tx, deps, accountId));
  await insertAccount(tx, { id: accountId, name: wanted.name ?? 'Rootward', owner_iam_id: ownerIamId, created_at: now });
  const state = wanted.ownerState ?? 'ACTIVE';
  await insertUser(tx, { account_id: accountId, iam_id: ownerIamId, state, added_at: now, added_by: ownerIamId });
  await insertGroup(tx, {
    id: resourceGroupId,
    account_id: accountId,
    name: 'Default',
    is_default: 1,
    created_at: now,
    updated_at: now,
  });
  return { accountId, ownerIamId, resourceGroupId };
}

/** Somebody new, so that every account has an owner of its own. */
async function addOwner(tx: Tx, deps: BootstrapDeps, accountId: string): Promise<string> {
  const usual = 'owner@rootward.local';
  const email = (await findLocalPersonByEmail(tx, usual)) ? `owner-${accountId}@rootward.local` : usual;
  const { iam_id } = await findOrAddPerson(tx, deps, email, deps.now());
  await namePerson(tx, iam_id, 'Account Owner');
  return iam_id;
}

function hexId(deps: IdSource): string {
  return deps.newId().replaceAll('-', '');
}
