import { type Compilable, CompiledQuery, type QueryResult, type Transaction } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { Tables } from '../tables.ts';

type Adapter = ReturnType<Transaction<Tables>['getExecutor']>['adapter'];

/** The parameters of statements that nobody waits for. */
const unawaited = new WeakSet<readonly unknown[]>();

/**
 * Need nobody wait for the answer to the statement with these parameters? An engine that is a network away then sends the next one at
 * once. Should it fail nevertheless, so does the whole transaction.
 */
export const isUnawaited = (parameters: readonly unknown[]): boolean => unawaited.has(parameters);

/** Runs a query in a transaction, like a statement that is unawaited. */
export async function runUnawaited(tx: Tx, query: Compilable): Promise<void> {
  const compiled = query.compile();
  unawaited.add(compiled.parameters);
  await tx.executeQuery(compiled);
}

/** SQL without parameters that can only fail where the transaction has failed already. */
export function unawaitedRaw(sql: string): CompiledQuery {
  const query = CompiledQuery.raw(sql);
  unawaited.add(query.parameters);
  return query;
}

interface Statement {
  readonly query: CompiledQuery;
  /** Whose values its parameters are, in their order. */
  readonly names: readonly string[];
}

/**
 * A statement whose SQL is built once for each engine, and not for each use: building takes longer than running a small one. `build`
 * must do the same whatever the values are, use each of them as a value, and no others. Throws where a value is missing. `isUnawaited`: it cannot fail by what it says, such as the
 * insertion of a new id, and what it answers is not needed.
 */
export function statement<V extends object, R = unknown>(
  build: (db: Db | Tx, values: V) => Compilable<R>,
  options: { readonly isUnawaited?: boolean } = {},
): (db: Db | Tx, values: V) => Promise<QueryResult<R>> {
  const built = new WeakMap<Adapter, Statement>();
  return async (db, values) => {
    const executor = db.getExecutor();
    const known = built.get(executor.adapter) ?? compile(build, db, values);
    built.set(executor.adapter, known);
    const { query, names } = known;
    // As for any other query: what watches over the transaction may refuse it.
    executor.transformQuery(query.query, query.queryId);
    const parameters = names.map((name) => {
      const value: unknown = values[name as keyof V];
      if (value === undefined) throw new Error(`a statement has no value for ${name}`);
      return value;
    });
    if (options.isUnawaited) unawaited.add(parameters);
    return db.executeQuery<R>({ ...(query as CompiledQuery<R>), parameters });
  };
}

/** Stands in the place of a value. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function compile<V extends object, R>(build: (db: Db | Tx, values: V) => Compilable<R>, db: Db | Tx, values: V): Statement {
  const slots = Object.fromEntries(Object.keys(values).map((name) => [name, new Slot(name)]));
  const query = build(db, slots as unknown as V).compile();
  const names = query.parameters.map((parameter) => {
    if (!(parameter instanceof Slot)) throw new Error(`a statement has a value of its own: ${query.sql}`);
    return parameter.name;
  });
  return { query, names };
}
