import { insertAccount } from '../../../store/iam/accounts.ts';
import { insertGroup } from '../../../store/iam/groups.ts';
import { findLocalPersonByEmail, insertPerson, LOCAL_REALM } from '../../../store/iam/people.ts';
import { insertUser } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';

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

/** Who will own a new account: somebody who is known already, or a new person. */
export interface WantedAccount {
  readonly name?: string;
  /** A person who is there. */
  readonly ownerIamId?: string;
  /** Of a new person who is to own it; by default one for the account. */
  readonly ownerEmail?: string;
  readonly ownerName?: string;
}

const OWNER_ID_LENGTH = 10;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Makes an account with its owner and its resource group `Default`. */
export async function bootstrapAccount(tx: Tx, deps: BootstrapDeps, wanted: WantedAccount = {}): Promise<NewAccount> {
  const now = deps.now();
  const accountId = hexId(deps);
  const resourceGroupId = hexId(deps);
  const ownerIamId = wanted.ownerIamId ?? (await addOwner(tx, deps, wanted, accountId));
  await insertAccount(tx, { id: accountId, name: wanted.name ?? 'Rootward', owner_iam_id: ownerIamId, created_at: now });
  await insertUser(tx, { account_id: accountId, iam_id: ownerIamId, state: 'ACTIVE', added_at: now, added_by: ownerIamId });
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

async function addOwner(tx: Tx, deps: BootstrapDeps, wanted: WantedAccount, accountId: string): Promise<string> {
  const iamId = newUserId(deps);
  const usual = 'owner@rootward.local';
  const email = wanted.ownerEmail ?? ((await findLocalPersonByEmail(tx, usual)) ? `owner-${accountId}@rootward.local` : usual);
  await insertPerson(tx, {
    iam_id: iamId,
    realm: LOCAL_REALM,
    subject: iamId,
    email,
    name: wanted.ownerName ?? 'Account Owner',
    password_hash: null,
    password_set_at: null,
    created_at: deps.now(),
  });
  return iamId;
}

function hexId(deps: IdSource): string {
  return deps.newId().replaceAll('-', '');
}

/** `IBMid-` and ten characters, as clients know the ids of people. */
export function newUserId(deps: IdSource): string {
  const characters = Array.from(deps.randomBytes(OWNER_ID_LENGTH), (byte) => CROCKFORD[byte % CROCKFORD.length]);
  return `${LOCAL_REALM}-${characters.join('')}`;
}
