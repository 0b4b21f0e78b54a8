import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnTypes } from './column-types.ts';

/** When an identity or a key was last exchanged for a token, and how often. */
export const activity: Migration = {
  async up(db: Kysely<unknown>) {
    const { integer } = columnTypes(db);
    const no = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
    const tables = await db.introspection.getTables();
    for (const table of ['api_keys', 'service_ids', 'trusted_profiles']) {
      // A store got to 0003 with these columns or without them, by the day on which it was made.
      const there = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
      if (!there.includes('last_authn_at')) await db.schema.alterTable(table).addColumn('last_authn_at', integer).execute();
      if (!there.includes('authn_count')) await db.schema.alterTable(table).addColumn('authn_count', integer, no).execute();
    }
  },
};
