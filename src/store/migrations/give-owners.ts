import { type Kysely, sql } from 'kysely';

/** Clusters that were there before there were API-key owners act for the owner of their account. */
export async function giveOwners<T>(db: Kysely<T>): Promise<void> {
  await sql`insert into api_key_owners
    select c.account_id, c.region, c.resource_group_id, min(a.owner_iam_id), '', min(c.created_at), 'migration'
    from clusters c join accounts a on a.id = c.account_id where c.deleted_at is null
    group by c.account_id, c.region, c.resource_group_id`.execute(db);
}
