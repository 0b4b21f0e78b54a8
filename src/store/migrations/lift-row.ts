import type { Row, TableName } from '../whole-store.ts';
import { NEWEST_SCHEMA } from './list.ts';

export interface LiftedRow {
  readonly table: TableName;
  readonly row: Row;
}

/** People had no rows of their own, and accounts no owners of API keys. */
export const BEFORE_ACCESS = '0002-key-service';
/** Logins were not counted; the new columns take their defaults. */
const BEFORE_ACTIVITY = '0003-access';

/** Schemas whose archives can still be restored: what a migration does to rows that are there is done to theirs on the way. */
export const LIFTED_SCHEMAS: readonly string[] = [BEFORE_ACCESS, BEFORE_ACTIVITY, NEWEST_SCHEMA];

/** The rows of today that a row of an archive at `schema` becomes. Columns that are not named take their defaults. */
export function liftRow(schema: string, table: string, row: Row): readonly LiftedRow[] {
  const same = (change: Row = {}): LiftedRow[] => [{ table: table as TableName, row: { ...row, ...change } }];
  if (schema !== BEFORE_ACCESS) return same();
  switch (table) {
    case 'users':
      return personOf(row);
    case 'service_ids':
    case 'api_keys':
      return same({ modified_at: row.created_at ?? 0 });
    case 'signing_keys':
      return same({ activated_at: row.created_at ?? 0 });
    case 'resource_groups':
      return same({ updated_at: row.created_at ?? 0 });
    case 'instances':
      return same({ last_operation: row.state === 'removed' ? 'delete' : 'create' });
    default:
      return same();
  }
}

/** Until then a user was in one account. */
function personOf({ iam_id = '', account_id = '', email = '', name = '', state = '', created_at = 0 }: Row): LiftedRow[] {
  return [
    { table: 'people', row: { iam_id, realm: 'IBMid', subject: iam_id, email, name, created_at } },
    { table: 'account_users', row: { account_id, iam_id, state, added_at: created_at, added_by: iam_id } },
  ];
}
