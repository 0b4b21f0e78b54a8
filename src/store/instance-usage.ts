import type { Tx } from './store.ts';

/**
 * Counts one key more in an instance and returns how many it has now. One row per instance holds the number, so that nobody counts a
 * million rows to add one; the row is made by counting, the first time.
 */
export async function countKeyIn(tx: Tx, instanceId: string): Promise<number> {
  const { key_count } = await tx
    .insertInto('instance_usage')
    .values({ instance_id: instanceId, key_count: 1 })
    .onConflict((conflict) =>
      conflict.column('instance_id').doUpdateSet((eb) => ({ key_count: eb('instance_usage.key_count', '+', 1) })),
    )
    .returning('key_count')
    .executeTakeFirstOrThrow();
  if (Number(key_count) > 1) return Number(key_count);
  const { total } = await tx
    .selectFrom('keys')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('instance_id', '=', instanceId)
    .executeTakeFirstOrThrow();
  const counted = Number(total) + 1;
  if (counted > 1)
    await tx.updateTable('instance_usage').set({ key_count: counted }).where('instance_id', '=', instanceId).execute();
  return counted;
}

/** Counts one key less. */
export async function countKeyOut(tx: Tx, instanceId: string): Promise<void> {
  await tx
    .updateTable('instance_usage')
    .set((eb) => ({ key_count: eb('key_count', '-', 1) }))
    .where('instance_id', '=', instanceId)
    .execute();
}
