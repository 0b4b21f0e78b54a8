import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { KeyPoliciesTable } from './tables.ts';

export type KeyPolicyRow = Selectable<KeyPoliciesTable>;

/** The policies of each of these keys. */
export async function policiesOfKeys(db: Db | Tx, keyIds: readonly string[]): Promise<Map<string, KeyPolicyRow[]>> {
  const policies = new Map<string, KeyPolicyRow[]>();
  if (keyIds.length === 0) return policies;
  const rows = await db
    .selectFrom('key_policies')
    .selectAll()
    .where('key_id', 'in', [...keyIds])
    .orderBy('key_id')
    .orderBy('type')
    .execute();
  for (const row of rows) policies.set(row.key_id, [...(policies.get(row.key_id) ?? []), row]);
  return policies;
}
