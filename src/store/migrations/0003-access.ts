import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnTypes } from './column-types.ts';
import { giveOwners } from './give-owners.ts';

/** People apart from the accounts they are in, sessions, access groups, trusted profiles, reclamations and API-key owners. */
export const access: Migration = {
  async up(db: Kysely<unknown>) {
    const { text, integer, blob } = columnTypes(db);
    const notNull = (column: ColumnDefinitionBuilder) => column.notNull();
    const no = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);

    await db.schema
      .createTable('people')
      .addColumn('iam_id', text, notNull)
      .addColumn('realm', text, notNull)
      .addColumn('subject', text, notNull)
      .addColumn('email', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('password_hash', text)
      .addColumn('password_set_at', integer)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('people_pk', ['iam_id'])
      .execute();
    await db.schema.createIndex('people_by_subject').on('people').columns(['realm', 'subject']).unique().execute();

    await db.schema.createIndex('people_by_email').on('people').column('email').execute();

    await db.schema
      .createTable('account_users')
      .addColumn('account_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('state', text, notNull)
      .addColumn('added_at', integer, notNull)
      .addColumn('added_by', text, notNull)
      .addPrimaryKeyConstraint('account_users_pk', ['account_id', 'iam_id'])
      .execute();
    await db.schema.createIndex('account_users_by_person').on('account_users').column('iam_id').execute();
    await movePeople(db);

    await db.schema
      .createTable('invitations')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('email', text, notNull)
      .addColumn('token_hash', blob, notNull)
      .addColumn('expires_at', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('invitations_pk', ['id'])
      .execute();
    await db.schema.createIndex('invitations_by_token').on('invitations').column('token_hash').unique().execute();

    await db.schema
      .createTable('sessions')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('kind', text, notNull)
      .addColumn('api_key_id', text)
      .addColumn('client_id', text, notNull)
      .addColumn('refreshes', integer, notNull)
      .addColumn('refreshed_at', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('expires_at', integer, notNull)
      .addColumn('ended_at', integer)
      .addColumn('claims', text)
      .addPrimaryKeyConstraint('sessions_pk', ['id'])
      .execute();
    await db.schema.createIndex('sessions_by_identity').on('sessions').columns(['account_id', 'iam_id']).execute();
    await db.schema.createIndex('sessions_by_end').on('sessions').column('expires_at').execute();

    await db.schema
      .createTable('passcodes')
      .addColumn('code_hash', blob, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('api_key_id', text)
      .addColumn('expires_at', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('claims', text)
      .addPrimaryKeyConstraint('passcodes_pk', ['code_hash'])
      .execute();

    await db.schema
      .createTable('access_groups')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('description', text)
      .addColumn('entity_tag', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('modified_at', integer, notNull)
      .addColumn('modified_by', text, notNull)
      .addPrimaryKeyConstraint('access_groups_pk', ['id'])
      .execute();
    await db.schema.createIndex('access_groups_by_name').on('access_groups').columns(['account_id', 'name']).unique().execute();

    await db.schema
      .createTable('access_group_members')
      .addColumn('group_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('access_group_members_pk', ['group_id', 'iam_id'])
      .execute();
    await db.schema
      .createIndex('access_group_members_by_identity')
      .on('access_group_members')
      .columns(['account_id', 'iam_id'])
      .execute();

    await db.schema
      .createTable('trusted_profiles')
      .addColumn('id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('description', text)
      .addColumn('entity_tag', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('modified_at', integer, notNull)
      .addPrimaryKeyConstraint('trusted_profiles_pk', ['id'])
      .execute();
    await db.schema
      .createIndex('trusted_profiles_by_name')
      .on('trusted_profiles')
      .columns(['account_id', 'name'])
      .unique()
      .execute();

    await db.schema
      .createTable('profile_identities')
      .addColumn('profile_id', text, notNull)
      .addColumn('type', text, notNull)
      .addColumn('identifier', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('description', text)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('profile_identities_pk', ['profile_id', 'type', 'identifier'])
      .execute();
    await db.schema
      .createIndex('profile_identities_by_identity')
      .on('profile_identities')
      .columns(['account_id', 'identifier'])
      .execute();

    await db.schema
      .createTable('profile_claim_rules')
      .addColumn('id', text, notNull)
      .addColumn('profile_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('document', text, notNull)
      .addColumn('entity_tag', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('modified_at', integer, notNull)
      .addPrimaryKeyConstraint('profile_claim_rules_pk', ['id'])
      .execute();
    await db.schema.createIndex('profile_claim_rules_by_profile').on('profile_claim_rules').column('profile_id').execute();

    await db.schema
      .createTable('reclamations')
      .addColumn('id', text, notNull)
      .addColumn('instance_guid', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('resource_group_id', text, notNull)
      .addColumn('state', text, notNull)
      .addColumn('target_at', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer, notNull)
      .addColumn('updated_by', text, notNull)
      .addPrimaryKeyConstraint('reclamations_pk', ['id'])
      .execute();
    await db.schema.createIndex('reclamations_by_account').on('reclamations').columns(['account_id', 'state']).execute();
    await db.schema.createIndex('reclamations_due').on('reclamations').columns(['state', 'target_at']).execute();

    await db.schema
      .createTable('api_key_owners')
      .addColumn('account_id', text, notNull)
      .addColumn('region', text, notNull)
      .addColumn('resource_group_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('api_key_id', text, notNull)
      .addColumn('set_at', integer, notNull)
      .addColumn('set_by', text, notNull)
      .addPrimaryKeyConstraint('api_key_owners_pk', ['account_id', 'region', 'resource_group_id'])
      .execute();

    await db.schema.alterTable('service_ids').addColumn('modified_at', integer, no).execute();
    await db.schema
      .alterTable('service_ids')
      .addColumn('unique_instance_crns', text, (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema.alterTable('api_keys').addColumn('modified_at', integer, no).execute();
    await db.schema.alterTable('api_keys').addColumn('previous_secret_hash', blob).execute();
    await db.schema.alterTable('api_keys').addColumn('previous_until', integer).execute();
    await db.schema.alterTable('api_keys').addColumn('secret_epoch', integer, no).execute();
    await db.schema
      .createIndex('api_keys_by_previous_secret')
      .on('api_keys')
      .column('previous_secret_hash')
      .where(sql.ref('previous_secret_hash'), 'is not', null)
      .execute();
    await db.schema.alterTable('signing_keys').addColumn('activated_at', integer).execute();
    await db.schema.alterTable('policies').addColumn('parent_id', text).execute();
    await db.schema.alterTable('resource_groups').addColumn('updated_at', integer, no).execute();
    await db.schema.alterTable('instances').addColumn('locked', integer, no).execute();
    await db.schema.alterTable('instances').addColumn('allow_cleanup', integer, no).execute();
    await db.schema
      .alterTable('instances')
      .addColumn('last_operation', text, (column) => column.notNull().defaultTo('create'))
      .execute();
    await db.schema
      .alterTable('instances')
      .addColumn('plan_history', text, (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema.alterTable('instances').addColumn('reclaim_at', integer).execute();
    await db.schema.alterTable('instances').addColumn('restored_at', integer).execute();
    await db.schema.alterTable('instances').addColumn('restored_by', text).execute();
    await sql`update service_ids set modified_at = created_at`.execute(db);
    await sql`update api_keys set modified_at = created_at`.execute(db);
    await sql`update signing_keys set activated_at = created_at`.execute(db);
    await sql`update resource_groups set updated_at = created_at`.execute(db);
    await sql`update instances set last_operation = 'delete' where state = 'removed'`.execute(db);
    await giveOwners(db);

    await db.schema
      .createIndex('policies_by_parent')
      .on('policies')
      .column('parent_id')
      .where(sql.ref('parent_id'), 'is not', null)
      .execute();
    // A decision reads a subject's active policies, and nothing of those that were deleted.
    await db.schema.dropIndex('policies_by_subject').execute();
    await db.schema
      .createIndex('policies_by_subject')
      .on('policies')
      .columns(['account_id', 'subject_key', 'state', 'created_at', 'id'])
      .execute();
    await db.schema.dropIndex('policies_by_account').execute();
    await db.schema
      .createIndex('policies_by_account')
      .on('policies')
      .columns(['account_id', 'state', 'created_at', 'id'])
      .execute();
    // A list of instances goes by GUID, through those of one state.
    await db.schema.dropIndex('instances_by_account').execute();
    await db.schema.createIndex('instances_by_account').on('instances').columns(['account_id', 'state', 'guid']).execute();
    await db.schema
      .createIndex('resource_groups_by_name')
      .on('resource_groups')
      .columns(['account_id', 'name'])
      .unique()
      .execute();
    await db.schema.createIndex('service_ids_by_account').on('service_ids').columns(['account_id', 'id']).execute();
    await db.schema.createIndex('service_ids_by_name').on('service_ids').columns(['account_id', 'name', 'id']).execute();
    await db.schema.createIndex('api_keys_by_account').on('api_keys').columns(['account_id', 'id']).execute();
  },
};

/** Until here a user was in one account and had no password. */
async function movePeople(db: Kysely<unknown>): Promise<void> {
  await sql`insert into people (iam_id, realm, subject, email, name, created_at)
    select iam_id, 'IBMid', iam_id, email, name, created_at from users`.execute(db);
  await sql`insert into account_users (account_id, iam_id, state, added_at, added_by)
    select account_id, iam_id, state, created_at, iam_id from users`.execute(db);
  await db.schema.dropTable('users').execute();
}
