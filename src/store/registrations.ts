import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { RegistrationsTable } from './tables.ts';

export type RegistrationRow = Selectable<RegistrationsTable>;

export function findRegistration(db: Db | Tx, keyId: string, resourceCrn: string): Promise<RegistrationRow | undefined> {
  return db
    .selectFrom('registrations')
    .selectAll()
    .where('key_id', '=', keyId)
    .where('resource_crn', '=', resourceCrn)
    .executeTakeFirst();
}

/** Active registrations of one key, of all keys of an instance, or of those in some key rings; oldest first. */
export function listRegistrations(
  db: Db | Tx,
  of: { instanceId: string; keyId?: string | undefined; rings?: readonly string[] | undefined },
): Promise<RegistrationRow[]> {
  let query = db.selectFrom('registrations').selectAll().where('instance_id', '=', of.instanceId).where('active', '=', 1);
  if (of.keyId !== undefined) query = query.where('key_id', '=', of.keyId);
  const { rings } = of;
  if (rings) {
    query = query.where('key_id', 'in', (eb) => {
      const keys = eb.selectFrom('keys').select('id').where('instance_id', '=', of.instanceId);
      return rings.length === 0 ? keys.where(eb.lit(false)) : keys.where('key_ring_id', 'in', [...rings]);
    });
  }
  return query.orderBy('created_at').orderBy('resource_crn').execute();
}

/** Who hears of a key's lifecycle: active registrations and the hidden subscriptions that a forced delete left behind. */
export async function listSubscribers(db: Db | Tx, keyId: string): Promise<string[]> {
  const rows = await db.selectFrom('registrations').select('resource_crn').where('key_id', '=', keyId).execute();
  return rows.map((row) => row.resource_crn);
}

export async function saveRegistration(tx: Tx, row: RegistrationRow): Promise<void> {
  const { key_id: _key, resource_crn: _crn, ...changing } = row;
  await tx
    .insertInto('registrations')
    .values(row)
    .onConflict((conflict) => conflict.columns(['key_id', 'resource_crn']).doUpdateSet(changing))
    .execute();
}

export async function deleteRegistration(tx: Tx, keyId: string, resourceCrn: string): Promise<void> {
  await tx.deleteFrom('registrations').where('key_id', '=', keyId).where('resource_crn', '=', resourceCrn).execute();
}

/** Turns a key's registrations into hidden subscriptions. */
export async function hideRegistrations(tx: Tx, keyId: string): Promise<void> {
  await tx.updateTable('registrations').set({ active: 0 }).where('key_id', '=', keyId).execute();
}
