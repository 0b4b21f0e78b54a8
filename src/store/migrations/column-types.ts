import { type ColumnDefinitionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';

interface ColumnTypes {
  readonly text: 'text';
  /** Holds milliseconds since 1970 on both engines. */
  readonly integer: 'integer' | 'bigint';
  readonly blob: 'blob' | 'bytea';
  /** A number that the engine hands out, growing, as primary key. */
  readonly sequence: {
    readonly type: 'integer' | RawBuilder<unknown>;
    build(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  };
}

/** The column types of the engine behind `db`: the only place where the two dialects differ. */
export function columnTypes(db: Kysely<unknown>): ColumnTypes {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
  if (isPostgres) {
    return {
      text: 'text',
      integer: 'bigint',
      blob: 'bytea',
      sequence: { type: sql`bigint generated always as identity`, build: (column) => column.primaryKey() },
    };
  }
  return {
    text: 'text',
    integer: 'integer',
    blob: 'blob',
    sequence: { type: 'integer', build: (column) => column.primaryKey().autoIncrement() },
  };
}
