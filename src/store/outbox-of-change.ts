import { runUnawaited } from './engines/statement.ts';
import type { Tx } from './store.ts';
import type { AuditOutboxTable } from './tables/server.ts';

/** Rows in one statement, at most: engines bound how many parameters one may have. */
const AT_ONCE = 500;

const open = new WeakMap<Tx, AuditOutboxTable[]>();

/**
 * From here on the change `tx` keeps its rows of the outbox until the end of the transaction, where those of all changes in it that
 * were made are written together.
 */
export function openOutbox(tx: Tx): { readonly rows: readonly AuditOutboxTable[]; close(): void } {
  const rows: AuditOutboxTable[] = [];
  open.set(tx, rows);
  return { rows, close: () => void open.delete(tx) };
}

/** Keeps a row for the end of the transaction. Throws if `tx` is no change of `Store.change`, or is over. */
export function keepForOutbox(tx: Tx, row: AuditOutboxTable): void {
  const rows = open.get(tx);
  if (!rows) throw new Error('an audit record came without a change, or after its end');
  rows.push(row);
}

export async function writeOutbox(tx: Tx, rows: readonly AuditOutboxTable[]): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE)
    await runUnawaited(tx, tx.insertInto('audit_outbox').values(rows.slice(start, start + AT_ONCE)));
}
