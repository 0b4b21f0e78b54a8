import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Row, TableShape, Value } from '../../../store/whole-store.ts';

/**
 * The records of an archive, one JSON text per line: first every table with its columns, then rows as `[table, value, …]` where
 * `table` counts the declarations and bytes are base64, then the end. Behind each instance and each key version stands its check.
 */
export const TableRecord = Type.Object(
  { table: Type.String(), columns: Type.Record(Type.String(), Type.Enum(['text', 'integer', 'blob'])) },
  { additionalProperties: false },
);
export type TableRecord = Static<typeof TableRecord>;

/** `canary` null: the key did not open when the backup was made. That of an instance is empty. */
export const CheckRecord = Type.Object(
  { check: Type.String(), canary: Type.Union([Type.String(), Type.Null()]) },
  { additionalProperties: false },
);
export type CheckRecord = Static<typeof CheckRecord>;

/** How many rows of each table stand before it. */
export const EndRecord = Type.Object(
  { end: Type.Record(Type.String(), Type.Integer({ minimum: 0 })) },
  { additionalProperties: false },
);
export type EndRecord = Static<typeof EndRecord>;

export const isTableRecord = (value: unknown): value is TableRecord => Check(TableRecord, value);
export const isCheckRecord = (value: unknown): value is CheckRecord => Check(CheckRecord, value);
export const isEndRecord = (value: unknown): value is EndRecord => Check(EndRecord, value);

export function tableRecord({ table, columns }: TableShape): TableRecord {
  return { table, columns: Object.fromEntries(columns.map(({ name, kind }) => [name, kind])) };
}

export function rowRecord(index: number, { columns }: TableShape, row: Row): unknown[] {
  return [index, ...columns.map(({ name }) => encodeValue(row[name] ?? null))];
}

/** The row, or undefined if the values are not of the table's kinds. */
export function readRow({ columns }: TableRecord, values: readonly unknown[]): Row | undefined {
  const kinds = Object.entries(columns);
  if (values.length !== kinds.length) return undefined;
  const row: Record<string, Value> = {};
  for (const [at, [name, kind]] of kinds.entries()) {
    const value = decodeValue(kind, values[at]);
    if (value === undefined) return undefined;
    row[name] = value;
  }
  return row;
}

function encodeValue(value: Value): string | number | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function decodeValue(kind: 'text' | 'integer' | 'blob', value: unknown): Value | undefined {
  if (value === null) return null;
  if (kind === 'integer') return Number.isSafeInteger(value) ? (value as number) : undefined;
  if (typeof value !== 'string') return undefined;
  return kind === 'text' ? value : Buffer.from(value, 'base64');
}
