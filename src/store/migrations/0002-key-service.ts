import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnTypes } from './column-types.ts';

/** Key rings, aliases, policies, import tokens, authorised deletions, jobs and backups. */
export const keyService: Migration = {
  async up(db: Kysely<unknown>) {
    const { text, integer, blob } = columnTypes(db);
    const notNull = (column: ColumnDefinitionBuilder) => column.notNull();

    await db.schema.alterTable('keys').addColumn('deletion_authorized_by', text).execute();
    await db.schema.alterTable('keys').addColumn('deletion_authorized_at', integer).execute();
    await db.schema.alterTable('keys').addColumn('mac', blob).execute();
    await markRowsWithoutMac(db);
    await db.schema.alterTable('key_versions').addColumn('backup_id', text).execute();
    await db.schema.alterTable('audit_outbox').addColumn('writer', text).execute();

    await db.schema
      .createTable('key_rings')
      .addColumn('instance_id', text, notNull)
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('key_rings_pk', ['instance_id', 'id'])
      .execute();

    await db.schema
      .createTable('key_aliases')
      .addColumn('instance_id', text, notNull)
      .addColumn('alias', text, notNull)
      .addColumn('key_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('position', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('key_aliases_pk', ['instance_id', 'alias'])
      .execute();

    await db.schema
      .createTable('key_policies')
      .addColumn('key_id', text, notNull)
      .addColumn('type', text, notNull)
      .addColumn('id', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('enabled', integer, notNull)
      .addColumn('interval_month', integer)
      .addColumn('next_rotation_at', integer)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer, notNull)
      .addColumn('updated_by', text, notNull)
      .addPrimaryKeyConstraint('key_policies_pk', ['key_id', 'type'])
      .execute();

    await db.schema
      .createTable('instance_policies')
      .addColumn('instance_id', text, notNull)
      .addColumn('type', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('enabled', integer, notNull)
      .addColumn('attributes', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer, notNull)
      .addColumn('updated_by', text, notNull)
      .addPrimaryKeyConstraint('instance_policies_pk', ['instance_id', 'type'])
      .execute();

    await db.schema
      .createTable('import_tokens')
      .addColumn('instance_id', text, notNull)
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('public_key', text, notNull)
      .addColumn('sealed_private_key', blob, notNull)
      .addColumn('sealed_nonce', blob, notNull)
      .addColumn('max_retrievals', integer, notNull)
      .addColumn('remaining_retrievals', integer, notNull)
      .addColumn('expires_at', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('import_tokens_pk', ['instance_id'])
      .execute();

    await db.schema
      .createTable('jobs')
      .addColumn('name', text, notNull)
      .addColumn('next_at', integer, notNull)
      .addColumn('owner', text)
      .addColumn('lease_until', integer)
      .addColumn('fence', integer, notNull)
      .addColumn('attempts', integer, notNull)
      .addColumn('state', text, notNull)
      .addColumn('last_error', text)
      .addColumn('last_done_at', integer)
      .addPrimaryKeyConstraint('jobs_pk', ['name'])
      .execute();

    await db.schema
      .createTable('backups')
      .addColumn('id', text, notNull)
      .addColumn('epoch', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('key_versions', integer, notNull)
      .addColumn('location', text, notNull)
      .addPrimaryKeyConstraint('backups_pk', ['id'])
      .execute();

    await db.schema
      .createTable('instance_usage')
      .addColumn('instance_id', text, notNull)
      .addColumn('key_count', integer, notNull)
      .addPrimaryKeyConstraint('instance_usage_pk', ['instance_id'])
      .execute();

    await db.schema.createIndex('keys_by_creation').on('keys').columns(['instance_id', 'created_at', 'id']).execute();
    await db.schema.dropIndex('keys_by_expiry').execute();
    await db.schema
      .createIndex('keys_to_expire')
      .on('keys')
      .columns(['state', 'expires_at', 'id'])
      .where(sql.ref('expires_at'), 'is not', null)
      .execute();
    await db.schema
      .createIndex('keys_deleted')
      .on('keys')
      .column('deleted_at')
      .where(sql.ref('deleted_at'), 'is not', null)
      .execute();
    await db.schema
      .createIndex('keys_deletion_authorized')
      .on('keys')
      .column('deletion_authorized_at')
      .where(sql.ref('deletion_authorized_at'), 'is not', null)
      .execute();
    // What lists choose and order keys by is in the index itself: an instance of 10^6 keys is counted without reading their rows.
    const chosenBy = ['state', 'expires_at', 'extractable'] as const;
    const orderedBy = ['imported', 'created_at', 'updated_at', 'rotated_at', 'deleted_at'] as const;
    await db.schema.dropIndex('keys_by_instance').execute();
    await db.schema
      .createIndex('keys_by_instance')
      .on('keys')
      .columns(['instance_id', 'id', ...chosenBy, ...orderedBy])
      .execute();
    await db.schema
      .createIndex('keys_by_ring')
      .on('keys')
      .columns(['instance_id', 'key_ring_id', 'id', ...chosenBy])
      .execute();
    await db.schema
      .createIndex('key_versions_without_backup')
      .on('key_versions')
      .column('id')
      .where(sql.ref('backup_id'), 'is', null)
      .execute();
    await db.schema.createIndex('key_aliases_by_key').on('key_aliases').columns(['key_id', 'position']).execute();
    await db.schema
      .createIndex('key_policies_due')
      .on('key_policies')
      .column('next_rotation_at')
      .where(sql.ref('next_rotation_at'), 'is not', null)
      .execute();
    await db.schema.createIndex('lifecycle_events_by_key').on('lifecycle_events').columns(['key_id', 'sequence']).execute();
    await db.schema
      .createIndex('event_recipients_by_deadline')
      .on('event_recipients')
      .columns(['outcome', 'deadline_at'])
      .execute();
  },
};

/** Only a server that is unsealed can give the rows that are there their MACs; this tells it that it is to do so, once. */
async function markRowsWithoutMac(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select id from keys limit 1`.execute(db);
  if (rows.length > 0) await sql`insert into meta (name, value) values ('keys_without_mac', '1')`.execute(db);
}
