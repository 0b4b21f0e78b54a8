import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnTypes } from './column-types.ts';

/** When an identity or a key was last exchanged for a token, and how often. */
export const activity: Migration = {
  async up(db: Kysely<unknown>) {
    const { integer } = columnTypes(db);
    const no = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
    for (const table of ['api_keys', 'service_ids', 'trusted_profiles']) {
      await db.schema.alterTable(table).addColumn('last_authn_at', integer).execute();
      await db.schema.alterTable(table).addColumn('authn_count', integer, no).execute();
    }
  },
};
