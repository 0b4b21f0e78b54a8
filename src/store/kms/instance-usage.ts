import { memoryOf } from '../engines/batch-memory.ts';
import { statement } from '../engines/statement.ts';
import type { Tx } from '../store.ts';

const countOneMore = statement<{ instanceId: string; one: number }, { key_count: number }>((tx, { instanceId, one }) =>
  tx
    .insertInto('instance_usage')
    .values({ instance_id: instanceId, key_count: one })
    .onConflict((conflict) =>
      conflict.column('instance_id').doUpdateSet((eb) => ({ key_count: eb('instance_usage.key_count', '+', one) })),
    )
    .returning('key_count'),
);

const addOne = statement<{ instanceId: string; one: number }>(
  (tx, { instanceId, one }) =>
    tx
      .updateTable('instance_usage')
      .set((eb) => ({ key_count: eb('key_count', '+', one) }))
      .where('instance_id', '=', instanceId),
  { isUnawaited: true },
);

/**
 * Counts one key more in an instance and returns how many it has now. One row per instance holds the number, so that nobody counts a
 * million rows to add one; the row is made by counting, the first time.
 */
export async function countKeyIn(tx: Tx, instanceId: string): Promise<number> {
  const { keyCounts } = memoryOf(tx);
  const known = keyCounts.get(instanceId);
  if (known !== undefined) await addOne(tx, { instanceId, one: 1 });
  const count = known === undefined ? await countFirst(tx, instanceId) : known + 1;
  keyCounts.set(instanceId, count);
  return count;
}

async function countFirst(tx: Tx, instanceId: string): Promise<number> {
  const { rows } = await countOneMore(tx, { instanceId, one: 1 });
  const key_count = rows[0]?.key_count;
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
  memoryOf(tx).keyCounts.delete(instanceId);
  await tx
    .updateTable('instance_usage')
    .set((eb) => ({ key_count: eb('key_count', '-', 1) }))
    .where('instance_id', '=', instanceId)
    .execute();
}
