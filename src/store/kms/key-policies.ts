import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { KeyPoliciesTable } from '../tables/kms.ts';

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

/** The policies of one key, by type. */
export function listKeyPolicies(db: Db | Tx, keyId: string): Promise<KeyPolicyRow[]> {
  return db.selectFrom('key_policies').selectAll().where('key_id', '=', keyId).orderBy('type').execute();
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

/** Writes a policy, in place of the one of its type. Its id, and when and by whom it was made, stay. */
export async function saveKeyPolicy(tx: Tx, row: KeyPolicyRow): Promise<void> {
  const { enabled, interval_month, next_rotation_at, updated_at, updated_by } = row;
  await tx
    .insertInto('key_policies')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['key_id', 'type']).doUpdateSet({ enabled, interval_month, next_rotation_at, updated_at, updated_by }),
    )
    .execute();
}
