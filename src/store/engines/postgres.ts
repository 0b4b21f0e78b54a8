import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely';
import pg from 'pg';
import { RootwardError } from '../../contract/errors.ts';
import type { Tables } from '../tables.ts';
import { type Sent, together } from './postgres-together.ts';
import { isUnawaited } from './statement.ts';
import { refuseNul } from './storable-text.ts';

/** The second engine, and the only file that knows its driver: connections, types, and what its errors mean. */
export interface PostgresConnections {
  /**
   * A query builder on `most` connections; statements take at most `patienceMs`, or as long as they need. A transaction that has no
   * statement for `idleMs` is ended by the server.
   */
  open(most: number, patienceMs?: number, idleMs?: number): Kysely<Tables>;
  /** One connection for listening and for locks that last as long as it. */
  connect(): Promise<Listener>;
}

export interface Listener {
  query<R>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  onNotification(listener: (payload: string) => void): void;
  /** Ends it, in whatever state it is. */
  end(): Promise<void>;
}

const CONNECT_MS = 2000;
/** A statement is given up by the server after its time, and by us where even that answer does not come. */
const GRACE_MS = 2000;
const HELD_AT_ONCE = 16;
/** Parameters: what has more is several rows at once, with a text for each number of them. */
const JOINED_UP_TO = 40;
const LISTENER_MS = 1500;
const INT8 = 20;
const NUMERIC = 1700;
const BYTEA = 17;

/** Throws CONFIG for a URL that is none. No message shows it, because it may hold a password. */
export function postgresConnections(url: string): PostgresConnections {
  refuseOtherUrls(url);
  const base: pg.ClientConfig = {
    connectionString: url,
    application_name: 'rootward',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: parserOf as pg.CustomTypesConfig['getTypeParser'] },
  };
  return {
    open(most, patienceMs, idleMs) {
      const patience = patienceMs === undefined ? {} : { statement_timeout: patienceMs, query_timeout: patienceMs + GRACE_MS };
      const idle = idleMs === undefined ? {} : { idle_in_transaction_session_timeout: idleMs };
      const pool = new pg.Pool({ ...base, ...patience, ...idle, max: most, pipeline: true });
      // An idle connection that breaks is taken out of the pool; whoever needs one next gets a new one, or its error.
      pool.on('error', () => undefined);
      return new Kysely<Tables>({
        dialect: new PostgresDialect({ pool: poolFor(pool), onCreateConnection: insistOnDurability }),
      });
    },
    async connect() {
      const client = new pg.Client({ ...base, query_timeout: LISTENER_MS });
      // A broken connection shows in the next query.
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        throw asStoreError(error);
      }
      return {
        query: async <R>(sql: string, values: readonly unknown[] = []) => {
          try {
            return (await client.query(sql, [...values])).rows as R[];
          } catch (error) {
            throw asStoreError(error);
          }
        },
        onNotification: (listener) => void client.on('notification', ({ payload }) => listener(payload ?? '')),
        end: () => endSoon(client),
      };
    },
  };
}

function refuseOtherUrls(url: string): void {
  const parsed = URL.parse(url);
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol)) return;
  throw new RootwardError('CONFIG', {
    message: 'Setting store.url is not a URL of PostgreSQL.',
    hint: 'It has the form postgres://user:password@host:5432/database?sslmode=verify-full.',
    target: { type: 'field', name: 'store.url' },
  });
}

/** Says goodbye, but does not wait for a server that does not answer. */
async function endSoon(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LISTENER_MS);
  });
  // What cannot be ended is broken already.
  await Promise.race([client.end().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** A database may be set up to acknowledge what is not durable; ours never is. Stricter settings stay as they are. */
async function insistOnDurability(connection: DatabaseConnection): Promise<void> {
  await connection.executeQuery(
    CompiledQuery.raw(`select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`),
  );
}

function poolFor(pool: pg.Pool): PostgresPool {
  /** The same one for the same connection, by which the query builder knows which are new. */
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: {},
    async connect() {
      try {
        const connection = await pool.connect();
        const client = clients.get(connection) ?? clientFor(connection);
        clients.set(connection, client);
        return client;
      } catch (error) {
        throw asStoreError(error);
      }
    },
    end: () => pool.end(),
  };
}

/** Names of statements that the server reads and plans once for each connection. Their results have no columns that could change. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `statement-${names.size + 1}`;
  names.set(sql, name);
  return name;
}

function clientFor(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false;
  /** The last statement that nobody waited for; it resolves, also where that one fails. */
  let unawaited: Promise<void> | undefined;
  /** The first of them that failed. From then on the transaction can only be undone. */
  const failures: unknown[] = [];
  // It may break between two queries of a transaction; the next one says so.
  client.on('error', () => {
    isBroken = true;
  });

  /** Statements that nobody waits for leave together: to write to a connection costs more than to make what is written. */
  let held = 0;
  const letGo = (): void => {
    if (held > 0) client.connection.stream.uncork();
    held = 0;
  };
  function hold(): void {
    if (held === 0) {
      client.connection.stream.cork();
      process.nextTick(letGo);
    }
    held += 1;
  }

  /** Statements that nobody waits for and that are not sent yet: no two alike, so that they can be sent as one. */
  let gathered: Sent[] = [];
  function sendGathered(): void {
    if (gathered.length === 0) return;
    const { sql, parameters } = together(gathered);
    gathered = [];
    sendUnawaited(sql, parameters, nameOf(sql));
  }

  function sendUnawaited(sql: string, parameters: readonly unknown[], name?: string): void {
    if (held === HELD_AT_ONCE) letGo();
    hold();
    unawaited = send(sql, parameters, name).then(
      () => undefined,
      (error: unknown) => void failures.push(error),
    );
  }

  async function send(sql: string, parameters: readonly unknown[], name?: string): Promise<unknown> {
    try {
      const values = [...parameters];
      const answer: unknown = await (name === undefined ? client.query(sql, values) : client.query({ name, text: sql, values }));
      // Several statements at once, for one round trip: what counts is the answer to the last.
      return Array.isArray(answer) ? answer.at(-1) : answer;
    } catch (error) {
      const shown = asStoreError(error);
      isBroken ||= isUnavailable(shown);
      throw shown;
    }
  }

  async function query(sql: string, parameters: readonly unknown[]): Promise<unknown> {
    refuseNul(parameters);
    if (sql === 'rollback') {
      gathered = [];
      await unawaited;
      failures.length = 0;
      return await send(sql, parameters);
    }
    const isOne = isUnawaited(parameters);
    const canJoin = isOne && parameters.length > 0 && parameters.length <= JOINED_UP_TO;
    if (!canJoin || gathered.some((other) => other.sql === sql)) sendGathered();
    // Answers come in the order of asking, but a commit must not even be asked for before they are known.
    if (sql === 'commit') await unawaited;
    if (failures.length > 0) throw failures[0];
    if (isOne) {
      if (canJoin) gathered.push({ sql, parameters });
      else sendUnawaited(sql, parameters);
      return { command: 'INSERT', rowCount: 1, rows: [] };
    }
    const [answer] = await Promise.allSettled([send(sql, parameters)]);
    // Behind a failure it fails as well, and would only say that.
    if (failures.length > 0) throw failures[0];
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }

  return {
    query: query as unknown as PostgresPoolClient['query'],
    // A connection on which an answer may still come is of no use to anybody else.
    release: () => client.release(isBroken),
  };
}

/** Numbers as numbers, and never a wrong one; bytes as plain bytes. */
function parserOf(type: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (type === INT8 || type === NUMERIC) return safeInteger;
  if (type === BYTEA) {
    const parse = pg.types.getTypeParser(BYTEA, 'text') as (value: string) => Buffer;
    return (value) => new Uint8Array(parse(value));
  }
  return pg.types.getTypeParser(type, format as 'text') as (value: string) => unknown;
}

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`the store holds ${value}, which is not a safe integer`);
  return number;
}

/** SQLSTATEs of a server that is not there, goes away, is not the primary, or wants the transaction to be tried again. */
const UNAVAILABLE_STATES = /^(08...|40001|40P01|53...|55P03|57...|25006|25P03)$/;
/** What the driver and the system say without an SQLSTATE. */
const UNAVAILABLE_TEXTS =
  /connection (terminated|timeout)|timeout expired|timeout exceeded|read timeout|not queryable|client was closed|client has encountered a connection error/i;
const UNAVAILABLE_CODES = /^(E[A-Z]+|ERR_(SSL|TLS)_.*|.*CERT.*|UNABLE_TO_.*)$/;
/** SQLSTATEs of a login or a database that the URL names wrongly. */
const REFUSED_STATES = /^(28...|3D000)$/;

/** STORE_UNAVAILABLE where trying again may help; any other error is a mistake of ours and stays what it is. */
function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RootwardError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (REFUSED_STATES.test(code))
    return new RootwardError('STORE_UNAVAILABLE', { message: `The database refuses: ${error.message}.`, cause: error });
  if (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_CODES.test(code) || UNAVAILABLE_TEXTS.test(error.message))
    return new RootwardError('STORE_UNAVAILABLE', { cause: error });
  // It may show values of the row that was refused.
  if ('detail' in error) error.detail = undefined;
  return error;
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof RootwardError && error.code === 'STORE_UNAVAILABLE';
}
