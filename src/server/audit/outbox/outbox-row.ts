import { createHash } from 'node:crypto';
import { checked, lineOf } from '../chain/record-line.ts';
import { buildRecord } from '../records/build-record.ts';
import type { AuditRecord } from '../records/record.ts';

/** A row of the outbox as it goes into the chain. `id` is the row's, unless that cannot be the id of a record. */
export interface OutboxLine {
  readonly rowId: string;
  readonly id: string;
  readonly line: string;
}

/**
 * The line of a row: exactly what was stored with the change. A row that cannot be a record must neither stop the server nor vanish:
 * a record in its place says which row it was and has the hash of what it held.
 */
export function readOutboxRow(row: { readonly id: string; readonly body: string; readonly created_at: number }): OutboxLine {
  try {
    const record = JSON.parse(row.body) as AuditRecord;
    if (record.id === row.id) return { rowId: row.id, id: row.id, line: lineOfStored(record, row.body) };
  } catch {
    // Not JSON, or no record: the place holder tells.
  }
  return placeHolder(row);
}

/** What an older release stored may be longer than a line. */
function lineOfStored(record: AuditRecord, body: string): string {
  try {
    return checked(record.id, body);
  } catch {
    return lineOf(record);
  }
}

function placeHolder(row: { readonly id: string; readonly body: string; readonly created_at: number }): OutboxLine {
  const hash = createHash('sha256').update(row.id).update('\0').update(row.body).digest('hex');
  const make = (id: string) =>
    lineOf(
      buildRecord({
        id,
        at: Number(row.created_at),
        action: 'rootward.audit.recover',
        status: 500,
        reasonForFailure: `The stored record of a committed change is damaged. Its row ${row.id.slice(0, 128)} has SHA-256 ${hash}.`,
        initiator: {
          id: '',
          name: 'rootward',
          typeURI: 'service/security/account/service',
          credential: { type: 'token' },
          host: { address: '127.0.0.1', agent: 'rootward' },
        },
        target: { id: '', name: row.id, typeURI: 'rootward/audit' },
        requestData: {},
        dataEvent: false,
        logSourceCRN: '',
        correlationId: row.id,
      }),
    );
  try {
    return { rowId: row.id, id: row.id, line: make(row.id) };
  } catch {
    const id = `outbox-${hash}`;
    return { rowId: row.id, id, line: make(id) };
  }
}
