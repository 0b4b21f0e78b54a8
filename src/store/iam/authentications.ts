import type { Tx } from '../store.ts';

/** That an identity or a key was exchanged for tokens. */
export interface Authentications {
  readonly accountId: string;
  /** `ApiKey-…`, `iam-ServiceId-…` or `iam-Profile-…`; of others nothing is kept. */
  readonly id: string;
  readonly times: number;
  /** The last of them, in ms since 1970. */
  readonly lastAt: number;
}

/** Of somebody new. */
export const NEVER_AUTHENTICATED = { last_authn_at: null, authn_count: 0 } as const;

/** Adds to what the rows say; several replicas may. Of an identity that is gone by now nothing is kept. */
export async function addAuthentications(tx: Tx, all: readonly Authentications[]): Promise<void> {
  for (const { accountId, id, times, lastAt } of all) {
    const place = placeOf(id);
    if (place === undefined) continue;
    await tx
      .updateTable(place.table)
      .set((eb) => ({
        authn_count: eb('authn_count', '+', times),
        last_authn_at: eb.case().when('last_authn_at', '>', lastAt).then(eb.ref('last_authn_at')).else(lastAt).end(),
      }))
      .where('account_id', '=', accountId)
      .where(place.column, '=', id)
      .execute();
  }
}

function placeOf(id: string) {
  if (id.startsWith('ApiKey-')) return { table: 'api_keys', column: 'id' } as const;
  if (id.startsWith('iam-ServiceId-')) return { table: 'service_ids', column: 'iam_id' } as const;
  if (id.startsWith('iam-Profile-')) return { table: 'trusted_profiles', column: 'iam_id' } as const;
  return undefined;
}
