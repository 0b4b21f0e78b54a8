import { adoptOutbox, deleteOutbox, insertOutbox, listOutbox, otherOutboxWriters } from '../../../store/audit.ts';
import { nameOfReplica } from '../../../store/engines/engine.ts';
import type { Store, Tx } from '../../../store/store.ts';
import type { AuditLog } from '../audit-log.ts';
import type { RecordLine } from '../chain/record-line.ts';
import { type OutboxLine, readOutboxRow } from './outbox-row.ts';

/** Brings the records of changes into the chain: each was committed with its change, so none may be lost, and none written twice. */
export interface Outbox {
  /** Writes the record of a change in the change's own transaction. */
  write(tx: Tx, record: RecordLine): Promise<void>;
  /** After the commit: brings the record into the chain. Where that fails it is tried again every second; the record is durable anyhow. */
  settle(record: RecordLine): Promise<void>;
  /** At start: the records of changes that were committed just before a crash. Returns how many were brought into the chain. */
  recover(): Promise<number>;
  /**
   * Among replicas, now and then: takes over the records of those that have been gone for 5 min, each by one replica only, and those
   * of its own whose commit was not known to have happened. Returns how many were brought into the chain.
   */
  adopt(): Promise<number>;
  /** Records that are committed and could not be brought into the chain yet. */
  readonly backlog: number;
  close(): Promise<void>;
}

/** A server that shares its store with others. */
export interface OutboxReplica {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Outbox rows are deleted together, since each deletion may cost a commit. */
const SWEEP_AT = 64;
const SWEEP_AFTER_MS = 500;
const DRAIN_EVERY_MS = 1000;
/** Lines that are handed to the log at once: one write, and far from what it lets wait. */
const LINES_AT_ONCE = 100;

const ADOPT_EVERY_MS = 60_000;
/** A change takes less; a record this old is on no way to the chain any more. */
const SETTLED_AFTER_MS = 60_000;
const GONE_AFTER_MS = 5 * 60_000;

export function createOutbox(deps: { readonly store: Store; readonly log: AuditLog; readonly replica?: OutboxReplica }): Outbox {
  const { store, log, replica } = deps;
  /** Records that are in the chain, and whose row may still be there. */
  const inChain = new Set<string>();
  /** Records whose change is under way, with their time: they are not left behind. */
  const underWay = new Map<string, number>();
  // What fails is tried again in a minute, and nobody waits for it.
  const adopting = replica && setInterval(() => void adopt().catch(() => undefined), ADOPT_EVERY_MS).unref();
  let settled: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  /** By row id. */
  const left = new Map<string, OutboxLine>();
  let drainTimer: NodeJS.Timeout | undefined;
  let draining: Promise<void> | undefined;

  function sweep(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const ids = settled;
    settled = [];
    // Where it fails it is tried again with the next ones, or the row is found at the next start and recognised.
    sweeping = sweeping
      .then(async () => {
        // Together with the changes that wait for their commit meanwhile.
        await store.change([], (tx) => deleteOutbox(tx, ids));
        for (const id of ids) inChain.delete(id);
      })
      .catch(() => {
        settled = [...ids, ...settled];
      });
    return sweeping;
  }

  function isIn(rowId: string): void {
    inChain.add(rowId);
    settled.push(rowId);
    if (settled.length >= SWEEP_AT) void sweep();
    else timer ??= setTimeout(() => void sweep(), SWEEP_AFTER_MS).unref();
  }

  function leave(line: OutboxLine): void {
    left.set(line.rowId, line);
    drainTimer ??= setInterval(() => void drain(), DRAIN_EVERY_MS).unref();
  }

  function drain(): Promise<void> {
    // Nobody waits for a try; what fails is tried again.
    draining ??= appendLeft()
      .catch(() => undefined)
      .finally(() => {
        draining = undefined;
        if (left.size > 0) return;
        clearInterval(drainTimer);
        drainTimer = undefined;
      });
    return draining;
  }

  async function appendLeft(): Promise<void> {
    // An append that was given up may have reached the disk after all, or may still do so: it must not be there twice.
    for (const { id, rowId } of [...left.values()]) if (log.knows(id)) arrived(rowId);
    if (replica && left.size > 0) await forgetAdopted(replica);
    const lines = [...left.values()].filter(({ id }) => !log.isPending(id));
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const some = lines.slice(from, from + LINES_AT_ONCE);
      const outcomes = await Promise.allSettled(some.map(({ id, line }) => log.appendLine(id, line)));
      for (const [at, { rowId }] of some.entries()) if (outcomes[at]?.status === 'fulfilled') arrived(rowId);
      if (log.isFailing) return;
    }
  }

  /** Whoever was taken for gone must not write what another replica has taken over. Rejects while that is not known. */
  async function forgetAdopted({ name }: OutboxReplica): Promise<void> {
    const own = new Set((await listOutbox(store.db, name)).map(({ id }) => id));
    for (const rowId of left.keys()) if (!own.has(rowId)) left.delete(rowId);
  }

  async function adopt(): Promise<number> {
    if (!replica) return 0;
    const { name } = replica;
    const now = replica.now();
    for (const [id, at] of underWay) if (at < now - GONE_AFTER_MS) underWay.delete(id);
    for (const writer of await otherOutboxWriters(store.db, name, now - GONE_AFTER_MS))
      await store.change([], async (tx) => {
        if (writer === null || (await store.names.isFree(tx, nameOfReplica(writer))))
          await adoptOutbox(tx, writer, name, now - GONE_AFTER_MS);
      });
    const caredFor = (): Set<string> => new Set([...underWay.keys(), ...left.keys(), ...inChain]);
    const before = caredFor();
    const rows = (await listOutbox(store.db, name)).filter(({ created_at }) => created_at < now - SETTLED_AFTER_MS);
    const after = caredFor();
    return await bringIn(rows.filter(({ id }) => !before.has(id) && !after.has(id)));
  }

  async function bringIn(rows: Awaited<ReturnType<typeof listOutbox>>): Promise<number> {
    const lost = rows.map(readOutboxRow).filter(({ id }) => !log.knows(id));
    const oldest = rows.reduce((least, row) => Math.min(least, row.created_at), Number.POSITIVE_INFINITY);
    const older = lost.length === 0 ? new Set<string>() : await log.findOlder(new Set(lost.map(({ id }) => id)), oldest);
    const before = left.size;
    for (const line of lost) if (!older.has(line.id)) leave(line);
    const found = left.size - before;
    await drain();
    await deleteOutbox(
      store.db,
      rows.flatMap(({ id }) => (left.has(id) ? [] : [id])),
    );
    return found - rows.filter(({ id }) => left.has(id)).length;
  }

  function arrived(rowId: string): void {
    left.delete(rowId);
    isIn(rowId);
  }

  return {
    async write(tx, { id, line, at }) {
      if (replica) underWay.set(id, replica.now());
      await insertOutbox(tx, id, line, at, replica?.name);
    },

    async settle({ id, line }) {
      underWay.delete(id);
      try {
        await log.appendLine(id, line);
        isIn(id);
      } catch {
        // The log has reported why. The change stands and its record with it, so there is nothing to refuse any more.
        leave({ rowId: id, id, line });
      }
    },

    recover: async () => await bringIn(await listOutbox(store.db, replica?.name)),

    adopt,

    get backlog() {
      return left.size;
    },

    async close() {
      clearInterval(adopting);
      if (left.size > 0) await drain();
      clearInterval(drainTimer);
      await sweep();
    },
  };
}
