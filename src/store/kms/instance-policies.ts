import type { Selectable } from 'kysely';
import { memoryOf } from '../engines/batch-memory.ts';
import { statement } from '../engines/statement.ts';
import type { Db, Tx } from '../store.ts';
import type { InstancePoliciesTable } from '../tables/kms.ts';

export type InstancePolicyRow = Selectable<InstancePoliciesTable>;
export type InstancePolicyType = InstancePolicyRow['type'];

/** The policies of an instance, also those that are off. */
export async function listInstancePolicies(db: Db | Tx, instanceId: string): Promise<InstancePolicyRow[]> {
  return (await listOf(db, { instanceId })).rows;
}

/** The same, read once for all changes of a transaction. */
export async function instancePoliciesOfChange(tx: Tx, instanceId: string): Promise<readonly InstancePolicyRow[]> {
  const { instancePolicies } = memoryOf(tx);
  const known = instancePolicies.get(instanceId) ?? (await listInstancePolicies(tx, instanceId));
  instancePolicies.set(instanceId, known);
  return known;
}

const listOf = statement<{ instanceId: string }, InstancePolicyRow>((db, { instanceId }) =>
  db.selectFrom('instance_policies').selectAll().where('instance_id', '=', instanceId).orderBy('type'),
);

export function findInstancePolicy(
  db: Db | Tx,
  instanceId: string,
  type: InstancePolicyType,
): Promise<InstancePolicyRow | undefined> {
  return db
    .selectFrom('instance_policies')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('type', '=', type)
    .executeTakeFirst();
}

/** Writes a policy, in place of the one of its type. When and by whom that was made stays. */
export async function saveInstancePolicy(tx: Tx, row: InstancePolicyRow): Promise<void> {
  const { enabled, attributes, updated_at, updated_by } = row;
  memoryOf(tx).instancePolicies.delete(row.instance_id);
  await tx
    .insertInto('instance_policies')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['instance_id', 'type']).doUpdateSet({ enabled, attributes, updated_at, updated_by }),
    )
    .execute();
}
