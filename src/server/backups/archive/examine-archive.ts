import type { Barrier } from '../../../crypto/barrier.ts';
import type { Row, TableName } from '../../../store/whole-store.ts';
import { type ArchiveHeader, damaged } from './archive-header.ts';
import type { ArchiveReader, ArchiveRecord } from './archive-reader.ts';
import { isCheckRecord, isEndRecord, isTableRecord, readRow, type TableRecord } from './archive-records.ts';
import { createKeyChecks, type SealedVersion } from './key-checks.ts';
import { instanceOf, versionOf } from './sealed-rows.ts';

/** What an archive was found to hold. */
export interface ArchiveContent {
  readonly header: ArchiveHeader;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly newestKey: { readonly id: string; readonly createdAt: number } | undefined;
  /** Ids of instances and key versions that did not open when the backup was made. Everything else does. */
  readonly damagedBefore: readonly string[];
}

/** Gets every row, in the archive's order. */
export type RowSink = (table: TableName, row: Row) => Promise<void> | void;

const REASONS_SHOWN = 5;
const PURGED = 5;

/**
 * Reads an archive to its end: authenticates every chunk, counts every row, opens every instance key and key version, and unwraps the
 * canary of each. Throws BACKUP_DAMAGED with the exact reason. What `sink` was given before that is worth nothing.
 */
export async function examineArchive(reader: ArchiveReader, barrier: Barrier, sink?: RowSink): Promise<ArchiveContent> {
  const examination = new Examination(barrier, sink);
  for await (const record of reader.records(barrier.deriveKey('backup'))) await examination.take(record);
  return { header: reader.read.header, ...examination.finish() };
}

interface CurrentKey {
  readonly row: Row;
  versions: number;
  sawCurrent: boolean;
}

class Examination {
  readonly #checks;
  readonly #sink: RowSink | undefined;
  readonly #tables: TableRecord[] = [];
  readonly #counts = new Map<string, number>();
  readonly #damagedBefore: string[] = [];
  readonly #problems: string[] = [];
  #problemCount = 0;
  #newest: { id: string; createdAt: number } | undefined;
  #key: CurrentKey | undefined;
  /** What the next record has to be the check of. */
  #awaited: { readonly id: string; readonly judge: (canary: string) => string | undefined } | undefined;
  #ended = false;

  constructor(barrier: Barrier, sink: RowSink | undefined) {
    this.#checks = createKeyChecks(barrier);
    this.#sink = sink;
  }

  async take({ value, chunk }: ArchiveRecord): Promise<void> {
    if (this.#ended) throw damaged(`Chunk ${chunk} goes on after the end of the backup.`);
    if (this.#awaited) return this.#takeCheck(value, chunk);
    if (isTableRecord(value)) {
      this.#tables.push(value);
      this.#counts.set(value.table, 0);
    } else if (isEndRecord(value)) this.#takeEnd(value.end);
    else await this.#takeRow(value, chunk);
  }

  finish() {
    if (!this.#ended) throw damaged('The archive has no end: rows are missing.');
    if (this.#problemCount > 0) {
      const more = this.#problemCount > REASONS_SHOWN ? ` and ${this.#problemCount - REASONS_SHOWN} more` : '';
      throw damaged(`${this.#problems.join('; ')}${more}.`);
    }
    return { rows: Object.fromEntries(this.#counts), newestKey: this.#newest, damagedBefore: this.#damagedBefore };
  }

  async #takeRow(value: unknown, chunk: number): Promise<void> {
    const [index, ...values] = Array.isArray(value) ? (value as unknown[]) : [];
    const table = typeof index === 'number' ? this.#tables[index] : undefined;
    const row = table && readRow(table, values);
    if (!table || !row) throw damaged(`Chunk ${chunk} holds a record of no known form.`);
    this.#counts.set(table.table, (this.#counts.get(table.table) ?? 0) + 1);
    if (table.table === 'keys') this.#beginKey(row);
    if (table.table === 'instances') this.#awaitInstance(row);
    if (table.table === 'key_versions') this.#awaitVersion(row, chunk);
    await this.#sink?.(table.table as TableName, row);
  }

  #beginKey(row: Row): void {
    this.#endKey();
    this.#key = { row, versions: 0, sawCurrent: false };
    const createdAt = Number(row.created_at);
    if (!this.#newest || createdAt > this.#newest.createdAt) this.#newest = { id: String(row.id), createdAt };
  }

  #endKey(): void {
    const key = this.#key;
    this.#key = undefined;
    if (!key || key.sawCurrent) return;
    // A purged key has no material any more, and is meant to have none.
    if (key.row.state === PURGED && key.versions === 0) return;
    this.#found(`key ${String(key.row.id)} has no current version`);
  }

  #awaitInstance(row: Row): void {
    const instance = instanceOf(row);
    const opens = this.#checks.addInstance(instance);
    this.#awaited = {
      id: instance.guid,
      judge: () => (opens ? undefined : `the key of instance ${instance.guid} does not open`),
    };
  }

  #awaitVersion(row: Row, chunk: number): void {
    const key = this.#key;
    if (!key || row.key_id !== key.row.id) throw damaged(`Chunk ${chunk} holds a version without its key.`);
    key.versions += 1;
    if (row.id === key.row.current_version_id) key.sawCurrent = true;
    const version = versionOf(key.row, row);
    this.#awaited = { id: version.id, judge: (canary) => this.#problemOf(version, canary) };
  }

  #problemOf(version: SealedVersion, canary: string): string | undefined {
    const problem = this.#checks.problemOf(version, canary);
    return problem && `key ${version.keyId}, version ${version.id}: ${problem}`;
  }

  #takeCheck(value: unknown, chunk: number): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    if (!awaited || !isCheckRecord(value) || value.check !== awaited.id)
      throw damaged(`Chunk ${chunk} lacks the check of a key.`);
    if (value.canary === null) {
      this.#damagedBefore.push(awaited.id);
      return;
    }
    const problem = awaited.judge(value.canary);
    if (problem) this.#found(problem);
  }

  #takeEnd(end: Readonly<Record<string, number>>): void {
    this.#endKey();
    this.#ended = true;
    for (const { table } of this.#tables) {
      const counted = this.#counts.get(table) ?? 0;
      if (counted !== end[table]) this.#found(`table ${table} has ${counted} rows instead of ${end[table] ?? 'none'}`);
    }
    if (Object.keys(end).length !== this.#tables.length) this.#found('the end counts other tables than there are');
  }

  #found(problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < REASONS_SHOWN) this.#problems.push(problem);
  }
}
