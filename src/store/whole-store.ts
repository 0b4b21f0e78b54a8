import { type Kysely, sql } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { Tables } from './tables.ts';

/** Every table, with the columns that its rows are told apart and read in order by. What is not here is in no backup. */
export const TABLE_KEYS: { readonly [T in keyof Tables]: readonly (keyof Tables[T] & string)[] } = {
  meta: ['name'],
  change_sequence: ['topic'],
  seal_envelopes: ['id'],
  accounts: ['id'],
  people: ['iam_id'],
  account_users: ['account_id', 'iam_id'],
  invitations: ['id'],
  sessions: ['id'],
  passcodes: ['code_hash'],
  access_groups: ['id'],
  access_group_members: ['group_id', 'iam_id'],
  trusted_profiles: ['id'],
  profile_identities: ['profile_id', 'type', 'identifier'],
  profile_claim_rules: ['id'],
  service_ids: ['id'],
  api_keys: ['id'],
  signing_keys: ['kid'],
  policies: ['id'],
  resource_groups: ['id'],
  instances: ['guid'],
  reclamations: ['id'],
  instance_usage: ['instance_id'],
  instance_policies: ['instance_id', 'type'],
  key_rings: ['instance_id', 'id'],
  import_tokens: ['instance_id'],
  keys: ['id'],
  key_versions: ['key_id', 'number'],
  key_aliases: ['instance_id', 'alias'],
  key_policies: ['key_id', 'type'],
  registrations: ['key_id', 'resource_crn'],
  lifecycle_events: ['sequence'],
  event_recipients: ['event_id', 'resource_crn'],
  api_key_owners: ['account_id', 'region', 'resource_group_id'],
  clusters: ['id'],
  cluster_root_keys: ['cluster_id', 'instance_id', 'key_id'],
  activations: ['cluster_id', 'epoch', 'number'],
  cluster_runs: ['id'],
  jobs: ['name'],
  backups: ['id'],
  audit_outbox: ['id'],
  audit_checkpoints: ['writer'],
};

export type TableName = keyof Tables;

/** A value as every engine can hold it: text, a whole number, bytes, or nothing. */
export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

export interface TableShape {
  readonly table: TableName;
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'integer' | 'blob' }[];
}

type AnyTables = Record<string, Record<string, unknown>>;

/** The columns of every table, as the engine knows them. Throws if a table is missing. */
export async function readShapes(db: Db | Tx): Promise<TableShape[]> {
  const known = new Map((await db.introspection.getTables()).map((table) => [table.name, table]));
  return (Object.keys(TABLE_KEYS) as TableName[]).map((table) => {
    const found = known.get(table);
    if (!found) throw new Error(`the store has no table ${table}`);
    return { table, columns: found.columns.map(({ name, dataType }) => ({ name, kind: kindOf(dataType) })) };
  });
}

function kindOf(dataType: string): 'text' | 'integer' | 'blob' {
  if (/int/i.test(dataType)) return 'integer';
  return /blob|bytea/i.test(dataType) ? 'blob' : 'text';
}

/** The rows of a table in the order of its key, a page at a time. */
export async function* readPages(db: Db | Tx, shape: TableShape, pageSize: number): AsyncGenerator<Row[]> {
  const keys: readonly string[] = TABLE_KEYS[shape.table];
  const any = db as unknown as Kysely<AnyTables>;
  let after: readonly unknown[] | undefined;
  for (;;) {
    let query = any.selectFrom(shape.table).selectAll().limit(pageSize);
    for (const key of keys) query = query.orderBy(key);
    if (after) query = query.where(isAfter(keys, after));
    const found = await query.execute();
    const last = found.at(-1);
    if (last === undefined) return;
    yield found.map((row) => normalRow(shape, row));
    if (found.length < pageSize) return;
    after = keys.map((key) => last[key]);
  }
}

/** The rows of a table whose `column` has one of `values`, in the order of its key. */
export async function readRowsOf(db: Db | Tx, shape: TableShape, column: string, values: readonly string[]): Promise<Row[]> {
  if (values.length === 0) return [];
  const any = db as unknown as Kysely<AnyTables>;
  let query = any
    .selectFrom(shape.table)
    .selectAll()
    .where(column, 'in', [...values]);
  for (const key of TABLE_KEYS[shape.table]) query = query.orderBy(key);
  return (await query.execute()).map((row) => normalRow(shape, row));
}

/** Adds rows as they are. Columns that a row does not name are left to their defaults. */
export async function insertRows(tx: Tx, table: TableName, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const any = tx as unknown as Kysely<AnyTables>;
  await any
    .insertInto(table)
    .values(rows.map((row) => ({ ...row })))
    .execute();
}

export async function countRows(db: Db | Tx, table: TableName): Promise<number> {
  const any = db as unknown as Kysely<AnyTables>;
  const row = await any
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

/** The first table that holds anything at all. */
export async function findUsedTable(db: Db | Tx): Promise<TableName | undefined> {
  const any = db as unknown as Kysely<AnyTables>;
  for (const table of Object.keys(TABLE_KEYS) as TableName[]) {
    const row = await any.selectFrom(table).select(sql`1`.as('one')).limit(1).executeTakeFirst();
    if (row) return table;
  }
  return undefined;
}

function isAfter(keys: readonly string[], values: readonly unknown[]) {
  return sql<boolean>`(${sql.join(keys.map((key) => sql.ref(key)))}) > (${sql.join(values)})`;
}

function normalRow(shape: TableShape, row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    shape.columns.map(({ name, kind }) => [name, normalValue(kind, row[name], `${shape.table}.${name}`)]),
  );
}

/** Engines differ in how they hand out numbers and bytes. */
function normalValue(kind: 'text' | 'integer' | 'blob', value: unknown, place: string): Value {
  if (value === null || value === undefined) return null;
  if (kind === 'text' && typeof value === 'string') return value;
  if (kind === 'blob' && value instanceof Uint8Array) return value;
  if (kind === 'integer' && Number.isSafeInteger(Number(value))) return Number(value);
  throw new Error(`${place} holds something that is not ${kind}`);
}
