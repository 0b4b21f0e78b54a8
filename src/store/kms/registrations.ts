import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { RegistrationsTable } from '../tables/kms.ts';

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

/** A registration with what is shown of its key and of the version that it names. */
export type ShownRegistration = RegistrationRow & {
  readonly key_name: string | null;
  readonly version_created_at: number | null;
};

export interface RegistrationFilter {
  readonly instanceId: string;
  readonly keyId?: string | undefined;
  /** Only of keys in these key rings. */
  readonly rings?: readonly string[] | undefined;
  readonly preventsDeletion?: boolean | undefined;
  /** Literal texts of the CRN, in order, and between any two of them a text without a colon. */
  readonly crn?: readonly string[] | undefined;
}

/** A page of active registrations, oldest first. */
export function listShownRegistrations(
  db: Db | Tx,
  filter: RegistrationFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<ShownRegistration[]> {
  return filtered(db, filter)
    .leftJoin('key_versions', (join) =>
      join
        .onRef('key_versions.id', '=', 'registrations.key_version_id')
        .onRef('key_versions.key_id', '=', 'registrations.key_id'),
    )
    .selectAll('registrations')
    .select(['keys.name as key_name', 'key_versions.created_at as version_created_at'])
    .orderBy('registrations.created_at')
    .orderBy('registrations.resource_crn')
    .orderBy('registrations.key_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function countShownRegistrations(db: Db | Tx, filter: RegistrationFilter): Promise<number> {
  const { total } = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function filtered(db: Db | Tx, { instanceId, keyId, rings, preventsDeletion, crn }: RegistrationFilter) {
  let query = db
    .selectFrom('registrations')
    .innerJoin('keys', (join) =>
      join.onRef('keys.id', '=', 'registrations.key_id').onRef('keys.instance_id', '=', 'registrations.instance_id'),
    )
    .where('registrations.instance_id', '=', instanceId)
    .where('registrations.active', '=', 1);
  if (keyId !== undefined) query = query.where('registrations.key_id', '=', keyId);
  if (rings !== undefined) query = query.where('keys.key_ring_id', 'in', rings.length ? [...rings] : ['']);
  if (preventsDeletion !== undefined) query = query.where('registrations.prevent_deletion', '=', preventsDeletion ? 1 : 0);
  if (crn === undefined) return query;
  // As many colons in the pattern as in a CRN: no `%` can reach over one.
  const pattern = crn.map((text) => text.replace(/[!%_]/g, '!$&')).join('%');
  return query.where(sql<boolean>`registrations.resource_crn like ${pattern} escape '!'`);
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
