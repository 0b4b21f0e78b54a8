import { type ApiKeyOwnerRow, findApiKeyOwner, type OwnerPlace, putApiKeyOwner } from '../../../store/clusters/api-key-owners.ts';
import { deleteApiKey } from '../../../store/iam/api-keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import type { ClusterDeps } from '../deps.ts';

type Deps = Pick<ClusterDeps, 'createOwnerKey'>;

/** API keys belong to users and service IDs. Who acts as a trusted profile acts for a while only, so a profile owns none. */
export function canOwnApiKey({ kind }: Principal): boolean {
  return kind === 'user' || kind === 'service-id';
}

/** Gives a place an owner if it has none yet, by the first thing that an administrator does there; the id of the new API key. */
export async function ensureOwner(
  tx: Tx,
  deps: Deps,
  place: OwnerPlace,
  who: { readonly principal: Principal; readonly now: number },
): Promise<string | undefined> {
  if (!canOwnApiKey(who.principal) || (await findApiKeyOwner(tx, place))) return undefined;
  return (await becomeOwner(tx, deps, place, who)).keyId;
}

/** Makes the caller the owner, with a new API key, and deletes the API key of whoever it was before. */
export async function becomeOwner(
  tx: Tx,
  deps: Deps,
  place: OwnerPlace,
  { principal, now }: { readonly principal: Principal; readonly now: number },
): Promise<{ readonly keyId: string; readonly before: ApiKeyOwnerRow | undefined }> {
  const before = await findApiKeyOwner(tx, place);
  const { iamId } = principal;
  const keyId = await deps.createOwnerKey(tx, { ...place, iamId, createdBy: iamId, now });
  await putApiKeyOwner(tx, {
    account_id: place.accountId,
    region: place.region,
    resource_group_id: place.resourceGroupId,
    iam_id: iamId,
    api_key_id: keyId,
    set_at: now,
    set_by: iamId,
  });
  // Locked or not: it is the service's own key. Who had rotated it, to know its secret, and logged in by it, is out with it.
  if (before && before.api_key_id !== '') await deleteApiKey(tx, place.accountId, before.api_key_id);
  return { keyId, before };
}
