import type { ApiKeyOwner } from '../../../contract/api-key-owners/owner.ts';
import type { ApiKeyOwnerRow } from '../../../store/clusters/api-key-owners.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import type { PersonPrincipal } from '../../principal.ts';

const SERVICE_ID_PREFIX = 'iam-';

/** An owner as of now. */
export interface KeyOwner {
  readonly principal: PersonPrincipal;
  /** Empty for a service ID. */
  readonly email: string;
  /** Why this owner does not count any more; undefined while it does. */
  readonly problem: string | undefined;
}

/** Who owns a place. The owner counts while both the API key and the identity behind it do. */
export async function readOwner(db: Db, row: ApiKeyOwnerRow, now: number): Promise<KeyOwner> {
  const identity = await readIdentity(db, row.account_id, row.iam_id);
  return { ...identity, problem: identity.problem ?? (await problemOfKey(db, row, now)) };
}

/** A user or service ID of an account as an owner; `problem` where it is not one that can act. */
export async function readIdentity(db: Db, accountId: string, iamId: string): Promise<KeyOwner> {
  const make = (kind: PersonPrincipal['kind'], name: string, email: string, problem?: string): KeyOwner => {
    return { principal: { kind, iamId, accountId, name, credential: 'apikey' }, email, problem };
  };
  if (iamId.startsWith(SERVICE_ID_PREFIX)) {
    const service = await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length));
    return service
      ? make('service-id', service.name, '')
      : make('service-id', iamId, '', 'the service ID does not exist any more');
  }
  const user = await findUser(db, accountId, iamId);
  if (!user) return make('user', iamId, '', 'the user is not in the account any more');
  return make('user', user.name, user.email, user.state === 'ACTIVE' ? undefined : 'the user is disabled');
}

async function problemOfKey(db: Db, { account_id, api_key_id }: ApiKeyOwnerRow, now: number): Promise<string | undefined> {
  // Clusters from before there were such keys have an owner without one.
  if (api_key_id === '') return undefined;
  const key = await findApiKey(db, account_id, api_key_id);
  if (!key) return 'the API key was deleted';
  if (key.disabled !== 0) return 'the API key is disabled';
  return key.expires_at !== null && key.expires_at <= now ? 'the API key has expired' : undefined;
}

/** An owner as shown. */
export function presentOwner({ principal, email, problem }: KeyOwner): ApiKeyOwner {
  return { id: principal.iamId, name: principal.name, email, ...(problem !== undefined && { problem }) };
}
