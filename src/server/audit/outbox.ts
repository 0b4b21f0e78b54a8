import { deleteOutbox, insertOutbox, listOutbox } from '../../store/audit.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { AuditLog } from './audit-log.ts';
import { type OutboxLine, readOutboxRow } from './outbox-row.ts';
import type { AuditRecord } from './record.ts';
import { lineOf } from './record-line.ts';

/** Brings the records of changes into the chain: each was committed with its change, so none may be lost, and none written twice. */
export interface Outbox {
  /** Writes the record of a change in the change's own transaction. */
  write(tx: Tx, record: AuditRecord): Promise<void>;
  /** After the commit: brings the record into the chain. Where that fails it is tried again every second; the record is durable anyhow. */
  settle(record: AuditRecord): Promise<void>;
  /** At start: the records of changes that were committed just before a crash. Returns how many were brought into the chain. */
  recover(): Promise<number>;
  /** Records that are committed and could not be brought into the chain yet. */
  readonly backlog: number;
  close(): Promise<void>;
}

/** Outbox rows are deleted together, since each deletion costs a commit. */
const SWEEP_AT = 64;
const SWEEP_AFTER_MS = 500;
const DRAIN_EVERY_MS = 1000;
/** Lines that are handed to the log at once: one write, and far from what it lets wait. */
const LINES_AT_ONCE = 100;

export function createOutbox({ store, log }: { readonly store: Store; readonly log: AuditLog }): Outbox {
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
    // A failed deletion is harmless: the row is found again at the next start and recognised as already in the chain.
    sweeping = sweeping.then(() => deleteOutbox(store.db, ids)).catch(() => undefined);
    return sweeping;
  }

  function isIn(rowId: string): void {
    settled.push(rowId);
    if (settled.length >= SWEEP_AT) void sweep();
    else timer ??= setTimeout(() => void sweep(), SWEEP_AFTER_MS).unref();
  }

  function leave(line: OutboxLine): void {
    left.set(line.rowId, line);
    drainTimer ??= setInterval(() => void drain(), DRAIN_EVERY_MS).unref();
  }

  function drain(): Promise<void> {
    draining ??= appendLeft().finally(() => {
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
    const lines = [...left.values()].filter(({ id }) => !log.isPending(id));
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const some = lines.slice(from, from + LINES_AT_ONCE);
      const outcomes = await Promise.allSettled(some.map(({ id, line }) => log.appendLine(id, line)));
      for (const [at, { rowId }] of some.entries()) if (outcomes[at]?.status === 'fulfilled') arrived(rowId);
      if (log.isFailing) return;
    }
  }

  function arrived(rowId: string): void {
    left.delete(rowId);
    isIn(rowId);
  }

  return {
    write: (tx, record) => insertOutbox(tx, record.id, lineOf(record), Date.parse(record.eventTime)),

    async settle(record) {
      try {
        await log.append(record);
        isIn(record.id);
      } catch {
        // The log has reported why. The change stands and its record with it, so there is nothing to refuse any more.
        leave({ rowId: record.id, id: record.id, line: lineOf(record) });
      }
    },

    async recover() {
      const rows = await listOutbox(store.db);
      const lost = rows.map(readOutboxRow).filter(({ id }) => !log.knows(id));
      const oldest = rows.reduce((least, row) => Math.min(least, Number(row.created_at)), Number.POSITIVE_INFINITY);
      const older = lost.length === 0 ? new Set<string>() : await log.findOlder(new Set(lost.map(({ id }) => id)), oldest);
      for (const line of lost) if (!older.has(line.id)) leave(line);
      const found = left.size;
      await drain();
      await deleteOutbox(
        store.db,
        rows.flatMap(({ id }) => (left.has(id) ? [] : [id])),
      );
      return found - left.size;
    },

    get backlog() {
      return left.size;
    },

    async close() {
      if (left.size > 0) await drain();
      clearInterval(drainTimer);
      await sweep();
    },
  };
}
