import type { Db } from '../store.ts';

/** A key that something is to be done with since `dueAt`. */
export interface DueKey {
  readonly dueAt: number;
  readonly id: string;
  readonly instanceId: string;
}

/** Which part of the due ones: those up to `before`, behind `after`, by instant and id. */
export interface DuePage<T> {
  readonly before: number;
  readonly after: T | undefined;
  readonly limit: number;
}

const LIVE_STATES = [1, 2] as const;

/** Keys that are Active or Suspended although their expirationDate has come. */
export async function keysToExpire(db: Db, { before, after, limit }: DuePage<DueKey>): Promise<DueKey[]> {
  const found: DueKey[] = [];
  // One state after the other, so that an index gives them in order, however many there are.
  for (const state of LIVE_STATES) {
    let query = db
      .selectFrom('keys')
      .select(['id', 'instance_id as instanceId'])
      .select((eb) => eb.ref('expires_at').$notNull().as('dueAt'))
      .where('state', '=', state)
      .where('expires_at', '<=', before);
    if (after) query = query.where((eb) => eb(eb.refTuple('expires_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
    found.push(...(await query.orderBy('expires_at').orderBy('id').limit(limit).execute()));
  }
  return found.sort(byInstant).slice(0, limit);
}

export async function nextExpiry(db: Db): Promise<number | undefined> {
  const instants: number[] = [];
  for (const state of LIVE_STATES) {
    const row = await db
      .selectFrom('keys')
      .select('expires_at')
      .where('state', '=', state)
      .where('expires_at', 'is not', null)
      .orderBy('expires_at')
      .limit(1)
      .executeTakeFirst();
    if (row && row.expires_at !== null) instants.push(row.expires_at);
  }
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** Keys that were deleted at or before an instant. */
export async function keysDeletedUntil(db: Db, { before, after, limit }: DuePage<DueKey>): Promise<DueKey[]> {
  let query = db
    .selectFrom('keys')
    .select(['id', 'instance_id as instanceId'])
    .select((eb) => eb.ref('deleted_at').$notNull().as('dueAt'))
    .where('deleted_at', '<=', before)
    .where('state', '=', 5);
  if (after) query = query.where((eb) => eb(eb.refTuple('deleted_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
  return await query.orderBy('deleted_at').orderBy('id').limit(limit).execute();
}

export async function firstDeletion(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('keys')
    .select('deleted_at')
    .where('deleted_at', 'is not', null)
    .where('state', '=', 5)
    .orderBy('deleted_at')
    .limit(1)
    .executeTakeFirst();
  return row?.deleted_at ?? undefined;
}

/** Keys whose first authorization to be deleted was given at or before an instant, and not used. */
export async function keysAuthorizedUntil(db: Db, { before, after, limit }: DuePage<DueKey>): Promise<DueKey[]> {
  let query = db
    .selectFrom('keys')
    .select(['id', 'instance_id as instanceId'])
    .select((eb) => eb.ref('deletion_authorized_at').$notNull().as('dueAt'))
    .where('deletion_authorized_at', '<=', before)
    .where('state', '!=', 5);
  if (after) query = query.where((eb) => eb(eb.refTuple('deletion_authorized_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
  return await query.orderBy('deletion_authorized_at').orderBy('id').limit(limit).execute();
}

export async function firstAuthorization(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('keys')
    .select('deletion_authorized_at')
    .where('deletion_authorized_at', 'is not', null)
    .where('state', '!=', 5)
    .orderBy('deletion_authorized_at')
    .limit(1)
    .executeTakeFirst();
  return row?.deletion_authorized_at ?? undefined;
}

function rotating(db: Db) {
  return db
    .selectFrom('key_policies')
    .innerJoin('keys', 'keys.id', 'key_policies.key_id')
    .where('key_policies.type', '=', 'rotation')
    .where('key_policies.enabled', '=', 1)
    .where('key_policies.next_rotation_at', 'is not', null)
    .where('keys.state', '=', 1);
}

/** Active keys whose rotation policy is due. */
export async function keysToRotate(db: Db, { before, after, limit }: DuePage<DueKey>): Promise<DueKey[]> {
  let query = rotating(db)
    .select(['key_policies.key_id as id', 'key_policies.instance_id as instanceId'])
    .select((eb) => eb.ref('key_policies.next_rotation_at').$notNull().as('dueAt'))
    .where('key_policies.next_rotation_at', '<=', before);
  if (after)
    query = query.where((eb) =>
      eb(eb.refTuple('key_policies.next_rotation_at', 'key_policies.key_id'), '>', eb.tuple(after.dueAt, after.id)),
    );
  return await query.orderBy('key_policies.next_rotation_at').orderBy('key_policies.key_id').limit(limit).execute();
}

export async function nextRotation(db: Db): Promise<number | undefined> {
  const row = await rotating(db)
    .select('key_policies.next_rotation_at as at')
    .orderBy('key_policies.next_rotation_at')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

function byInstant(a: DueKey, b: DueKey): number {
  return a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1);
}
