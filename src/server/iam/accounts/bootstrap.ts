import { insertAccount, insertUser } from '../../../store/iam/accounts.ts';
import { insertGroup } from '../../../store/iam/groups.ts';
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

const OWNER_ID_LENGTH = 10;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Makes an account with its owner and its resource group `Default`. */
export async function bootstrapAccount(
  tx: Tx,
  deps: BootstrapDeps,
  wanted: { readonly name?: string } = {},
): Promise<NewAccount> {
  const now = deps.now();
  const accountId = hexId(deps);
  const resourceGroupId = hexId(deps);
  const ownerIamId = `IBMid-${userNumber(deps)}`;
  await insertAccount(tx, { id: accountId, name: wanted.name ?? 'Rootward', owner_iam_id: ownerIamId, created_at: now });
  await insertUser(tx, {
    iam_id: ownerIamId,
    account_id: accountId,
    email: 'owner@rootward.local',
    name: 'Account Owner',
    state: 'ACTIVE',
    created_at: now,
  });
  await insertGroup(tx, { id: resourceGroupId, account_id: accountId, name: 'Default', is_default: 1, created_at: now });
  return { accountId, ownerIamId, resourceGroupId };
}

function hexId(deps: IdSource): string {
  return deps.newId().replaceAll('-', '');
}

function userNumber(deps: IdSource): string {
  return Array.from(deps.randomBytes(OWNER_ID_LENGTH), (byte) => CROCKFORD[byte % CROCKFORD.length]).join('');
}
