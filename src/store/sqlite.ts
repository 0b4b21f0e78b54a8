import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

const STATEMENTS_KEPT = 256;

/**
 * The embedded engine: `node:sqlite`, and the only file that knows it. Every commit is durable before it returns
 * (WAL with synchronous=FULL), and deleted content is overwritten.
 */
export function sqliteDialect(file: string, options: { readonly readOnly: boolean }): Dialect {
  const database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 5000 });
  if (options.readOnly) return new SqliteDialect({ database: asKyselyDatabase(database) });
  database.exec('PRAGMA journal_mode=WAL');
  database.exec('PRAGMA synchronous=FULL');
  database.exec('PRAGMA secure_delete=ON');
  database.exec('PRAGMA foreign_keys=ON');
  return new SqliteDialect({ database: asKyselyDatabase(database) });
}

/**
 * Holds a lock that ends with the process, however it ends: an open transaction on a small database of its own. Returns undefined
 * if another process holds it.
 */
export function holdLock(file: string): { release(): void } | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked/.test((error as Error).message)) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    if (kept.size >= STATEMENTS_KEPT) kept.delete(kept.keys().next().value ?? '');
    kept.set(sql, statement);
    return statement;
  };
  return {
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const statement = prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => {
          const { changes, lastInsertRowid } = statement.run(...values(parameters));
          return { changes, lastInsertRowid };
        },
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      };
    },
  };
}
