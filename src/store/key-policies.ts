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

/** Begins the interval of a key's rotation policy anew; a key without an enabled one has none. */
export async function restartRotation(tx: Tx, keyId: string, now: number, monthMs: number): Promise<void> {
  await tx
    .updateTable('key_policies')
    .set((eb) => ({ next_rotation_at: eb(eb.lit(now), '+', eb('interval_month', '*', monthMs)) }))
    .where('key_id', '=', keyId)
    .where('type', '=', 'rotation')
    .where('enabled', '=', 1)
    .execute();
}

/** The scheduler rotates this key no more. */
export async function stopRotations(tx: Tx, keyId: string): Promise<void> {
  await tx
    .updateTable('key_policies')
    .set({ next_rotation_at: null })
    .where('key_id', '=', keyId)
    .where('type', '=', 'rotation')
    .execute();
}
