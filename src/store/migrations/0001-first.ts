import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { columnTypes } from './column-types.ts';

/** The first schema. */
export const first: Migration = {
  async up(db: Kysely<unknown>) {
    const { text, integer, blob, sequence } = columnTypes(db);
    const notNull = (column: ColumnDefinitionBuilder) => column.notNull();

    await db.schema
      .createTable('meta')
      .addColumn('name', text, notNull)
      .addColumn('value', text, notNull)
      .addPrimaryKeyConstraint('meta_pk', ['name'])
      .execute();

    await db.schema
      .createTable('change_sequence')
      .addColumn('topic', text, notNull)
      .addColumn('value', integer, notNull)
      .addPrimaryKeyConstraint('change_sequence_pk', ['topic'])
      .execute();

    await db.schema
      .createTable('seal_envelopes')
      .addColumn('id', text, notNull)
      .addColumn('kind', text, notNull)
      .addColumn('body', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('seal_envelopes_pk', ['id'])
      .execute();

    await db.schema
      .createTable('accounts')
      .addColumn('id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('owner_iam_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('accounts_pk', ['id'])
      .execute();

    await db.schema
      .createTable('users')
      .addColumn('iam_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('email', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('state', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('users_pk', ['iam_id'])
      .execute();

    await db.schema
      .createTable('service_ids')
      .addColumn('id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('description', text)
      .addColumn('entity_tag', text, notNull)
      .addColumn('locked', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('service_ids_pk', ['id'])
      .execute();

    await db.schema
      .createTable('api_keys')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('iam_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('description', text)
      .addColumn('secret_hash', blob, notNull)
      .addColumn('purpose', text)
      .addColumn('entity_tag', text, notNull)
      .addColumn('locked', integer, notNull)
      .addColumn('disabled', integer, notNull)
      .addColumn('expires_at', integer)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addPrimaryKeyConstraint('api_keys_pk', ['id'])
      .execute();

    await db.schema
      .createTable('signing_keys')
      .addColumn('kid', text, notNull)
      .addColumn('sealed_private_key', blob, notNull)
      .addColumn('public_jwk', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('retired_at', integer)
      .addPrimaryKeyConstraint('signing_keys_pk', ['kid'])
      .execute();

    await db.schema
      .createTable('policies')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('type', text, notNull)
      .addColumn('subject_key', text, notNull)
      .addColumn('document', text, notNull)
      .addColumn('description', text)
      .addColumn('state', text, notNull)
      .addColumn('etag', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('modified_at', integer, notNull)
      .addColumn('modified_by', text, notNull)
      .addPrimaryKeyConstraint('policies_pk', ['id'])
      .execute();

    await db.schema
      .createTable('resource_groups')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('is_default', integer, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('resource_groups_pk', ['id'])
      .execute();

    await db.schema
      .createTable('instances')
      .addColumn('guid', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('resource_group_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('service', text, notNull)
      .addColumn('plan_id', text, notNull)
      .addColumn('region', text, notNull)
      .addColumn('state', text, notNull)
      .addColumn('sealed_key', blob, notNull)
      .addColumn('parameters', text, notNull)
      .addColumn('tags', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer, notNull)
      .addColumn('updated_by', text, notNull)
      .addColumn('deleted_at', integer)
      .addColumn('deleted_by', text)
      .addPrimaryKeyConstraint('instances_pk', ['guid'])
      .execute();

    await db.schema
      .createTable('keys')
      .addColumn('id', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('key_ring_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('description', text)
      .addColumn('tags', text, notNull)
      .addColumn('extractable', integer, notNull)
      .addColumn('imported', integer, notNull)
      .addColumn('state', integer, notNull)
      .addColumn('current_version_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer)
      .addColumn('rotated_at', integer)
      .addColumn('state_changed_at', integer, notNull)
      .addColumn('expires_at', integer)
      .addColumn('deleted_at', integer)
      .addColumn('deleted_by', text)
      .addPrimaryKeyConstraint('keys_pk', ['id'])
      .execute();

    await db.schema
      .createTable('key_versions')
      .addColumn('id', text, notNull)
      .addColumn('key_id', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('number', integer, notNull)
      .addColumn('sealed_material', blob, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('key_versions_pk', ['id'])
      .execute();

    await db.schema
      .createTable('registrations')
      .addColumn('key_id', text, notNull)
      .addColumn('resource_crn', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('active', integer, notNull)
      .addColumn('description', text)
      .addColumn('metadata', text)
      .addColumn('prevent_deletion', integer, notNull)
      .addColumn('key_version_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('updated_at', integer)
      .addColumn('updated_by', text)
      .addPrimaryKeyConstraint('registrations_pk', ['key_id', 'resource_crn'])
      .execute();

    await db.schema
      .createTable('lifecycle_events')
      .addColumn('sequence', sequence.type, sequence.build)
      .addColumn('id', text, notNull)
      .addColumn('type', text, notNull)
      .addColumn('key_id', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('key_state', integer, notNull)
      .addColumn('key_version_id', text, notNull)
      .addColumn('previous_key_version_id', text)
      .addColumn('correlation_id', text, notNull)
      .addColumn('created_at', integer, notNull)
      .execute();

    await db.schema
      .createTable('event_recipients')
      .addColumn('event_id', text, notNull)
      .addColumn('resource_crn', text, notNull)
      .addColumn('deadline_at', integer, notNull)
      .addColumn('acknowledged_at', integer)
      .addColumn('adopter_key_state', text)
      .addColumn('outcome', text, notNull)
      .addPrimaryKeyConstraint('event_recipients_pk', ['event_id', 'resource_crn'])
      .execute();

    await db.schema
      .createTable('clusters')
      .addColumn('id', text, notNull)
      .addColumn('account_id', text, notNull)
      .addColumn('resource_group_id', text, notNull)
      .addColumn('name', text, notNull)
      .addColumn('provider', text, notNull)
      .addColumn('region', text, notNull)
      .addColumn('kube_version', text, notNull)
      .addColumn('control_plane', text, notNull)
      .addColumn('encryption_domain', text, notNull)
      .addColumn('sealed_pki', blob)
      .addColumn('sealed_credentials', blob)
      .addColumn('desired_state', text, notNull)
      .addColumn('suspended_reason', text)
      .addColumn('plugin_wanted', integer, notNull)
      .addColumn('key_verdict', text)
      .addColumn('state', text, notNull)
      .addColumn('status_text', text, notNull)
      .addColumn('master_status', text, notNull)
      .addColumn('master_status_at', integer, notNull)
      .addColumn('master_state', text, notNull)
      .addColumn('kms_enabled', integer, notNull)
      .addColumn('kms_service', text)
      .addColumn('kms_instance_id', text)
      .addColumn('kms_key_id', text)
      .addColumn('kms_account_id', text)
      .addColumn('kms_private_endpoint', integer, notNull)
      .addColumn('proof', text)
      .addColumn('created_at', integer, notNull)
      .addColumn('created_by', text, notNull)
      .addColumn('deleted_at', integer)
      .addPrimaryKeyConstraint('clusters_pk', ['id'])
      .execute();

    await db.schema
      .createTable('cluster_root_keys')
      .addColumn('cluster_id', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('key_id', text, notNull)
      .addColumn('first_used_at', integer, notNull)
      .addColumn('replaced_at', integer)
      .addPrimaryKeyConstraint('cluster_root_keys_pk', ['cluster_id', 'instance_id', 'key_id'])
      .execute();

    await db.schema
      .createTable('activations')
      .addColumn('cluster_id', text, notNull)
      .addColumn('epoch', integer, notNull)
      .addColumn('number', integer, notNull)
      .addColumn('nonce', text, notNull)
      .addColumn('key_id_hash', text, notNull)
      .addColumn('instance_id', text, notNull)
      .addColumn('key_id', text, notNull)
      .addColumn('key_version_id', text, notNull)
      .addColumn('status', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('activations_pk', ['cluster_id', 'epoch', 'number'])
      .execute();

    await db.schema
      .createTable('cluster_runs')
      .addColumn('id', text, notNull)
      .addColumn('cluster_id', text, notNull)
      .addColumn('kind', text, notNull)
      .addColumn('state', text, notNull)
      .addColumn('step', text, notNull)
      .addColumn('fence', integer, notNull)
      .addColumn('agent_id', text)
      .addColumn('lease_until', integer)
      .addColumn('parameters', text, notNull)
      .addColumn('progress', text)
      .addColumn('evidence', text, notNull)
      .addColumn('error', text)
      .addColumn('attempts', integer, notNull)
      .addColumn('requested_by', text, notNull)
      .addColumn('correlation_id', text, notNull)
      .addColumn('started_at', integer, notNull)
      .addColumn('updated_at', integer, notNull)
      .addColumn('finished_at', integer)
      .addPrimaryKeyConstraint('cluster_runs_pk', ['id'])
      .execute();

    await db.schema
      .createTable('audit_outbox')
      .addColumn('id', text, notNull)
      .addColumn('body', text, notNull)
      .addColumn('created_at', integer, notNull)
      .addPrimaryKeyConstraint('audit_outbox_pk', ['id'])
      .execute();

    await db.schema
      .createTable('audit_checkpoints')
      .addColumn('writer', text, notNull)
      .addColumn('count', integer, notNull)
      .addColumn('mac', text, notNull)
      .addColumn('at', text, notNull)
      .addPrimaryKeyConstraint('audit_checkpoints_pk', ['writer'])
      .execute();

    await db.schema.createIndex('api_keys_by_secret').on('api_keys').columns(['secret_hash']).unique().execute();
    await db.schema.createIndex('api_keys_by_identity').on('api_keys').columns(['account_id', 'iam_id']).execute();
    await db.schema.createIndex('policies_by_subject').on('policies').columns(['subject_key']).execute();
    await db.schema.createIndex('policies_by_account').on('policies').columns(['account_id', 'type']).execute();
    await db.schema.createIndex('instances_by_account').on('instances').columns(['account_id']).execute();
    await db.schema.createIndex('keys_by_instance').on('keys').columns(['instance_id', 'id']).execute();
    await db.schema.createIndex('keys_by_expiry').on('keys').columns(['expires_at']).execute();
    await db.schema.createIndex('key_versions_by_key').on('key_versions').columns(['key_id', 'number']).unique().execute();
    await db.schema.createIndex('registrations_by_resource').on('registrations').columns(['resource_crn']).execute();
    await db.schema.createIndex('lifecycle_events_by_id').on('lifecycle_events').columns(['id']).unique().execute();
    await db.schema.createIndex('event_recipients_pending').on('event_recipients').columns(['outcome', 'resource_crn']).execute();
    await db.schema.createIndex('clusters_by_account').on('clusters').columns(['account_id', 'name']).execute();
    await db.schema
      .createIndex('cluster_runs_open')
      .on('cluster_runs')
      .column('cluster_id')
      .unique()
      .where(sql.ref('state'), 'in', sql`('running', 'paused')`)
      .execute();
    await db.schema.createIndex('cluster_runs_by_cluster').on('cluster_runs').columns(['cluster_id', 'started_at']).execute();
    await db.schema
      .createIndex('activations_by_hash')
      .on('activations')
      .columns(['cluster_id', 'key_id_hash'])
      .unique()
      .execute();
  },
};
