import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { CompiledQuery, type Dialect, Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Tables } from '../tables.ts';
import { type Engine, EVERY_NAME } from './engine.ts';
import { refuseNul } from './storable-text.ts';

const STATEMENTS_KEPT = 256;
/** Ids are random, so each new key touches pages all over its indexes: those of some 10^5 keys stay in memory. */
const CACHE_KIB = 64 * 1024;
/** 16 MiB: pages that many commits touch are brought from the log into the database once. */
const CHECKPOINT_PAGES = 4096;
const RELEASE = CompiledQuery.raw('release savepoint one_change');
const BEGIN = CompiledQuery.raw('savepoint one_change');

/** The embedded engine, for one process: SQLite, by `node:sqlite`; this is the only file that knows it. */
export function sqliteEngine(file: string, options: { readonly readOnly: boolean }): Engine {
  const db = new Kysely<Tables>({ dialect: sqliteDialect(file, options) });
  return {
    db,
    async commit(first, work) {
      // It reads on the one connection that there is.
      if (await first()) await db.transaction().execute(work);
    },
    steady: (work) => work(),
    async snapshot(work) {
      const view = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: true }) });
      try {
        return await view.transaction().execute(async (tx) => {
          // The view begins with its first read.
          await tx.selectFrom('change_sequence').select('topic').limit(1).execute();
          return await work(tx);
        });
      } finally {
        await view.destroy();
      }
    },
    async nextSavepoint(tx) {
      await tx.executeQuery(RELEASE);
      await tx.executeQuery(BEGIN);
    },
    announce: async () => undefined,
    mustBeInStep: () => undefined,
    names: EVERY_NAME,
    close: () => db.destroy(),
  };
}

/** Every commit is durable before it returns (WAL with synchronous=FULL), and deleted content is overwritten. */
function sqliteDialect(file: string, options: { readonly readOnly: boolean }): Dialect {
  const database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 5000 });
  // As on the other engine.
  database.exec('PRAGMA case_sensitive_like=ON');
  if (options.readOnly) return new SqliteDialect({ database: asKyselyDatabase(database) });
  database.exec('PRAGMA journal_mode=WAL');
  database.exec('PRAGMA synchronous=FULL');
  database.exec('PRAGMA secure_delete=ON');
  database.exec('PRAGMA foreign_keys=ON');
  database.exec(`PRAGMA cache_size=-${CACHE_KIB}`);
  database.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
  // What a savepoint may have to undo stays out of files that nobody overwrites.
  database.exec('PRAGMA temp_store=MEMORY');
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

interface Prepared {
  readonly made: StatementSync;
  /** Does it return rows? Asking a statement costs as much as a small query. */
  readonly reader: boolean;
}

function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = kept.get(sql);
    if (known) {
      // Moved to the end: the one that was not used for longest leaves first.
      kept.delete(sql);
      kept.set(sql, known);
      return known;
    }
    const made = database.prepare(sql);
    const statement = { made, reader: made.columns().length > 0 };
    if (kept.size >= STATEMENTS_KEPT) kept.delete(kept.keys().next().value ?? '');
    kept.set(sql, statement);
    return statement;
  };
  return {
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const { made: statement, reader } = prepare(sql);
      const values = (parameters: readonly unknown[]) => {
        refuseNul(parameters);
        return parameters as SQLInputValue[];
      };
      return {
        reader,
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
