import { type Kysely, sql, type Transaction } from 'kysely';
import { RootwardError } from '../../contract/errors.ts';
import type { Topic, Tx } from '../store.ts';
import type { Tables } from '../tables.ts';
import type { ChangeListener, Engine } from './engine.ts';
import { isUnavailable, type PostgresConnections } from './postgres.ts';
import { CHANNEL, lockText, monotonic, openReplicaSession, payloadOf, READ_SEQUENCES } from './replica-session.ts';
import { runUnawaited, unawaitedRaw } from './statement.ts';

const READERS = 10;
const PATIENCE_MS = 10_000;
/**
 * How long a change may do nothing: the others wait for it. Its replica may be paused, or its machine lost, which the database would
 * notice by itself after hours only. Less than others are patient for.
 */
const IDLE_MS = 5000;
const OLDEST_VERSION = 15;
/** The lock that puts the changes of all replicas in one order; who reads without changes shares it. */
const ORDER = `hashtextextended('${lockText('changes')}', 0)`;
const NEXT_SAVEPOINT = unawaitedRaw('release savepoint one_change; savepoint one_change');
const TAKE_ORDER = `select pg_advisory_xact_lock(${ORDER})`;
const SHARE_ORDER = `select pg_advisory_xact_lock_shared(${ORDER})`;

/**
 * PostgreSQL for any number of replicas. `migrate` brings an empty or older database up to date, one replica at a time; without it
 * this is a command beside them, which hears of no change and has no name. `changes` is told where the counts stand, whoever moved
 * them. Throws STORE_UNAVAILABLE, or CONFIG for a server that does not fit.
 */
export async function openPostgresEngine(
  connections: PostgresConnections,
  migrate: ((db: Kysely<Tables>) => Promise<void>) | undefined,
  changes: ChangeListener,
): Promise<Engine> {
  const migrator = connections.open(2);
  try {
    await refuseUnfit(migrator);
    await migrate?.(migrator);
  } finally {
    await migrator.destroy();
  }
  // Only to be told apart by: who says the same is not heard, and the counts are asked for anyhow.
  const sender = Math.random().toString(36).slice(2);
  const session = migrate && (await openReplicaSession(connections.connect, changes, sender));
  const db = connections.open(READERS, PATIENCE_MS);
  // Changes have a connection of their own: they never wait for readers, who may be reading for them.
  const writer = connections.open(1, PATIENCE_MS, IDLE_MS);

  /** A transaction that holds the lock of order, and knows of every change before it. */
  async function begin(isShared: boolean) {
    const tx = await writer.startTransaction().execute();
    try {
      // One round trip; the second statement sees what was committed before the first one had the lock.
      const askedAt = monotonic();
      const { rows } = await sql
        .raw<{ topic: Topic; value: number }>(`${isShared ? SHARE_ORDER : TAKE_ORDER}; ${READ_SEQUENCES}`)
        .execute(tx);
      changes.moved(new Map(rows.map(({ topic, value }) => [topic, value])));
      session?.confirmed(askedAt);
      return tx;
    } catch (error) {
      await undo(tx);
      throw error;
    }
  }

  /** Nothing of a caller's has run yet, so a connection that was broken may be tried again. */
  async function beginSurely(isShared: boolean) {
    try {
      return await begin(isShared);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return await begin(isShared);
    }
  }

  return {
    db,
    async commit(first, work) {
      const tx = await beginSurely(false);
      try {
        if (!(await first())) return await undo(tx);
        await work(tx);
      } catch (error) {
        await undo(tx);
        throw error;
      }
      try {
        await tx.commit().execute();
      } catch (error) {
        await undo(tx);
        throw isUnavailable(error) ? uncertain(error) : error;
      }
    },
    async steady(work) {
      const tx = await beginSurely(true);
      try {
        await work();
        // It only counts if the lock was there to the end, and so was its connection.
        await tx.commit().execute();
      } catch (error) {
        await undo(tx);
        throw error;
      }
    },
    snapshot: (work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (tx) => {
          // The view begins with its first read.
          await tx.selectFrom('change_sequence').select('topic').limit(1).execute();
          return await work(tx);
        }),
    async nextSavepoint(tx) {
      await tx.executeQuery(NEXT_SAVEPOINT);
    },
    async announce(tx, sequences) {
      const notify = sql`select pg_notify(${CHANNEL}, ${payloadOf(sequences, sender)})`;
      await runUnawaited(tx, { compile: () => notify.compile(tx) });
    },
    mustBeInStep: session?.mustBeInStep ?? (() => undefined),
    names: {
      take: async (name) => (await session?.take(name)) ?? false,
      giveBack: async (name) => await session?.giveBack(name),
      isFree: (tx, name) => isFree(tx, name),
    },
    async close() {
      await session?.close();
      await Promise.all([db.destroy(), writer.destroy()]);
    },
  };
}

/** The transaction is over in any case: a connection that cannot roll back is thrown away, and its server does it. */
async function undo(tx: { rollback(): { execute(): Promise<void> } }): Promise<void> {
  await tx
    .rollback()
    .execute()
    .catch(() => undefined);
}

/** The answer to COMMIT did not come, so nobody here knows whether the change was made. */
function uncertain(cause: unknown): RootwardError {
  return new RootwardError('STORE_UNAVAILABLE', {
    message: 'The database was lost while the change was being committed: it may or may not have been made.',
    hint: 'Look whether it was made before you try again.',
    cause,
  });
}

async function isFree(tx: Tx | Transaction<Tables>, name: string): Promise<boolean> {
  const { rows } = await sql<{
    free: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended(${lockText(name)}, 0)) as free`.execute(tx);
  return rows[0]?.free === true;
}

async function refuseUnfit(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{
    version: string;
    encoding: string;
  }>`select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`.execute(db);
  const [found] = rows;
  const version = Math.floor(Number(found?.version) / 10_000);
  if (version < OLDEST_VERSION)
    throw new RootwardError('CONFIG', {
      message: `PostgreSQL ${OLDEST_VERSION} or newer is needed, and this server is version ${version}.`,
      target: { type: 'field', name: 'store.url' },
    });
  if (found?.encoding !== 'UTF8')
    throw new RootwardError('CONFIG', {
      message: `The database's encoding must be UTF8, and it is ${found?.encoding}.`,
      target: { type: 'field', name: 'store.url' },
    });
}
