import { RootwardError } from '../../contract/errors.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import { settleRestored } from '../../store/after-restore.ts';
import { writeMeta } from '../../store/meta.ts';
import { giveOwners } from '../../store/migrations/give-owners.ts';
import { BEFORE_ACCESS, LIFTED_SCHEMAS, liftRow } from '../../store/migrations/lift-row.ts';
import { NEWEST_SCHEMA } from '../../store/migrations/list.ts';
import type { StoredEnvelope } from '../../store/seal-envelopes.ts';
import type { Store, Tx } from '../../store/store.ts';
import { findUsedTable, insertRows, type Row, type TableName } from '../../store/whole-store.ts';
import { failpoint } from '../failpoint.ts';
import type { ArchiveHeader } from './archive/archive-header.ts';
import type { ArchiveReader } from './archive/archive-reader.ts';
import { type ArchiveContent, examineArchive } from './archive/examine-archive.ts';

const ROWS_AT_ONCE = 200;

export interface RestoreWish {
  /** Where the archive lies, for the list of backups. */
  readonly location: string;
  readonly envelopes: readonly StoredEnvelope[];
  /** The restore epoch from now on. */
  readonly epoch: number;
  /** Further changes of the same transaction. */
  readonly alsoIn?: (tx: Tx) => Promise<void>;
}

/**
 * Brings an archive into an empty store, in one transaction: all of it or nothing. Every chunk, row and key is checked on the way
 * once more. Throws BACKUP_TARGET, BACKUP_DAMAGED or NOT_SUPPORTED.
 */
export async function restoreInto(
  store: Store,
  reader: ArchiveReader,
  barrier: Barrier,
  wish: RestoreWish,
): Promise<ArchiveContent> {
  const { header } = reader.read;
  refuseOtherSchema(header);
  return await store.change(['keys', 'iam', 'clusters'], async (tx) => {
    const used = await findUsedTable(tx);
    if (used !== undefined)
      throw new RootwardError('BACKUP_TARGET', {
        message: `The store is not empty: there are rows in ${used}.`,
        hint: 'Name an empty database, or another data directory.',
      });
    const batches = new Batches(tx);
    let lacksMacs = false;
    const content = await examineArchive(reader, barrier, async (table, row) => {
      lacksMacs ||= table === 'keys' && !('mac' in row);
      for (const lifted of liftRow(header.schema, table, row)) await batches.add(lifted.table, lifted.row);
    });
    await batches.flush();
    if (header.schema === BEFORE_ACCESS) await giveOwners(tx);
    // The archive itself is authentic, and from before its rows of keys were: the server's first start gives them their MACs.
    if (lacksMacs) await writeMeta(tx, 'keys_without_mac', '1');
    await settleRestored(tx, {
      backup: {
        id: header.id,
        epoch: header.epoch,
        created_at: Date.parse(header.createdAt),
        key_versions: content.rows.key_versions ?? 0,
        location: wish.location,
      },
      epoch: wish.epoch,
      envelopes: wish.envelopes,
    });
    await wish.alsoIn?.(tx);
    failpoint('restore-commit');
    return content;
  });
}

/** Throws NOT_SUPPORTED for an archive of a store that this program does not know how to make its own. */
export function refuseOtherSchema({ schema }: ArchiveHeader): void {
  if (LIFTED_SCHEMAS.includes(schema)) return;
  throw new RootwardError('NOT_SUPPORTED', {
    message: `The backup was made of a store at ${schema}; this program has ${NEWEST_SCHEMA}.`,
    hint: 'Restore it with the version of the program that made it.',
  });
}

/** Collects rows, so that many go to the engine at once. */
class Batches {
  readonly #tx: Tx;
  readonly #waiting = new Map<TableName, Row[]>();

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  async add(table: TableName, row: Row): Promise<void> {
    const rows = this.#waiting.get(table) ?? [];
    if (rows.length === 0) this.#waiting.set(table, rows);
    if (rows.push(row) < ROWS_AT_ONCE) return;
    this.#waiting.delete(table);
    await insertRows(this.#tx, table, rows);
    failpoint('restore-rows');
  }

  async flush(): Promise<void> {
    for (const [table, rows] of this.#waiting) await insertRows(this.#tx, table, rows);
    this.#waiting.clear();
  }
}
