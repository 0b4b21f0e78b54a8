import { RootwardError } from '../../../contract/errors.ts';
import type { AuditRecord } from '../records/record.ts';

const MAX_LINE_BYTES = 64 * 1024;
const RECORD_ID = /^[\w.:-]{1,128}$/;

/** A record as it goes into the outbox and the chain. */
export interface RecordLine {
  readonly id: string;
  /** When the event was, in ms since 1970. */
  readonly at: number;
  /** What `lineOf` gives for the record. */
  readonly line: string;
}

export function recordLine(record: AuditRecord): RecordLine {
  return { id: record.id, at: Date.parse(record.eventTime), line: lineOf(record) };
}

/**
 * The one JSON form of a record, the same in the outbox and in the chain. Data that makes it too long is left out, and the record
 * says so; every other part has a limit of its own, so that a record of a committed change can always be written. Throws INTERNAL
 * for an id that is not in its form.
 */
export function lineOf(record: AuditRecord): string {
  const line = idFirst(record);
  return isLine(record.id, line)
    ? line
    : checked(record.id, idFirst({ ...record, requestData: {}, responseData: {}, truncated: true }));
}

/** Throws INTERNAL unless `line` can stand in a chain as the record `id`. */
export function checked(id: string, line: string): string {
  if (isLine(id, line)) return line;
  throw new RootwardError('INTERNAL', { message: `The audit record ${JSON.stringify(id.slice(0, 128))} is not in its form.` });
}

/** Can `line` stand in a chain as the record `id`? */
export function isLine(id: string, line: string): boolean {
  if (!RECORD_ID.test(id) || !line.startsWith(`{"id":"${id}",`) || !line.endsWith('}') || line.includes('\n')) return false;
  // Most lines are far from the limit, and counting bytes costs more than a look at the length.
  return line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES;
}

/** The id leads every line, so that the ids of a file can be read without parsing its records. */
function idFirst(record: AuditRecord): string {
  const json = JSON.stringify(record);
  if (json.startsWith('{"id":')) return json;
  const { id, ...rest } = record;
  return JSON.stringify({ id, ...rest });
}
