import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { ProfileClaimRulesTable, ProfileIdentitiesTable, TrustedProfilesTable } from '../tables/iam.ts';
import { inOrder, type RowPage } from './row-page.ts';

export type TrustedProfileRow = Selectable<TrustedProfilesTable>;
export type ProfileIdentityRow = Selectable<ProfileIdentitiesTable>;
export type ClaimRuleRow = Selectable<ProfileClaimRulesTable>;

export async function insertProfile(db: Db, row: Insertable<TrustedProfilesTable>): Promise<void> {
  await db.insertInto('trusted_profiles').values(row).execute();
}

export function findProfileById(db: Db, accountId: string, id: string): Promise<TrustedProfileRow | undefined> {
  return profiles(db, accountId).where('id', '=', id).executeTakeFirst();
}

export function findProfileByName(db: Db, accountId: string, name: string): Promise<TrustedProfileRow | undefined> {
  return profiles(db, accountId).where('name', '=', name).executeTakeFirst();
}

/** By `iam-Profile-…`. */
export function findProfileByIamId(db: Db, accountId: string, iamId: string): Promise<TrustedProfileRow | undefined> {
  if (!iamId.startsWith('iam-')) return Promise.resolve(undefined);
  return findProfileById(db, accountId, iamId.slice('iam-'.length));
}

export function listProfiles(db: Db, page: RowPage & { readonly accountId: string; readonly name?: string | undefined }) {
  let query = profiles(db, page.accountId);
  if (page.name !== undefined) query = query.where('name', '=', page.name);
  return inOrder(query, page).execute();
}

function profiles(db: Db, accountId: string) {
  return db.selectFrom('trusted_profiles').selectAll().where('account_id', '=', accountId);
}

/** Writes all that can change of a profile. */
export async function changeProfile(db: Db, row: TrustedProfileRow): Promise<void> {
  await db
    .updateTable('trusted_profiles')
    .set({ name: row.name, description: row.description, entity_tag: row.entity_tag, modified_at: row.modified_at })
    .where('account_id', '=', row.account_id)
    .where('id', '=', row.id)
    .execute();
}

/** The profile with its identities and claim rules; false: there is none. */
export async function deleteProfile(db: Db, accountId: string, id: string): Promise<boolean> {
  await db.deleteFrom('profile_identities').where('account_id', '=', accountId).where('profile_id', '=', id).execute();
  await db.deleteFrom('profile_claim_rules').where('account_id', '=', accountId).where('profile_id', '=', id).execute();
  const { numDeletedRows } = await db
    .deleteFrom('trusted_profiles')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export function listProfileIdentities(db: Db, accountId: string, profileId: string): Promise<ProfileIdentityRow[]> {
  return db
    .selectFrom('profile_identities')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('profile_id', '=', profileId)
    .orderBy('type')
    .orderBy('identifier')
    .execute();
}

/** May the user or service ID of this IAM id, or the cluster of this CRN, act as the profile? */
export async function hasProfileIdentity(db: Db, accountId: string, profileId: string, identifier: string): Promise<boolean> {
  const row = await db
    .selectFrom('profile_identities')
    .select('identifier')
    .where('account_id', '=', accountId)
    .where('profile_id', '=', profileId)
    .where('identifier', '=', identifier)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ids of the profiles that an identity may act as. */
export async function profilesFor(db: Db, accountId: string, identifier: string): Promise<string[]> {
  const rows = await db
    .selectFrom('profile_identities')
    .select('profile_id')
    .where('account_id', '=', accountId)
    .where('identifier', '=', identifier)
    .orderBy('profile_id')
    .execute();
  return rows.map(({ profile_id }) => profile_id);
}

/** Adds an identity, or changes the description of one that is there. */
export async function putProfileIdentity(db: Db, row: ProfileIdentityRow): Promise<void> {
  await db
    .insertInto('profile_identities')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['profile_id', 'type', 'identifier']).doUpdateSet({ description: row.description }),
    )
    .execute();
}

export async function deleteProfileIdentity(
  db: Db,
  accountId: string,
  identity: Pick<ProfileIdentityRow, 'profile_id' | 'type' | 'identifier'>,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('profile_identities')
    .where('account_id', '=', accountId)
    .where('profile_id', '=', identity.profile_id)
    .where('type', '=', identity.type)
    .where('identifier', '=', identity.identifier)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Takes an identity that ends out of every profile of the account. */
export async function deleteProfileIdentitiesOf(db: Db, accountId: string, identifier: string): Promise<void> {
  await db.deleteFrom('profile_identities').where('account_id', '=', accountId).where('identifier', '=', identifier).execute();
}

export async function insertClaimRule(db: Db, row: ClaimRuleRow): Promise<void> {
  await db.insertInto('profile_claim_rules').values(row).execute();
}

export function listClaimRules(db: Db, accountId: string, profileId: string): Promise<ClaimRuleRow[]> {
  return claimRules(db, accountId, profileId).orderBy('created_at').orderBy('id').execute();
}

/** Those of every profile of an account. */
export function claimRulesOfAccount(db: Db, accountId: string): Promise<Pick<ClaimRuleRow, 'document'>[]> {
  return db.selectFrom('profile_claim_rules').select('document').where('account_id', '=', accountId).orderBy('id').execute();
}

export function findClaimRule(db: Db, accountId: string, profileId: string, id: string): Promise<ClaimRuleRow | undefined> {
  return claimRules(db, accountId, profileId).where('id', '=', id).executeTakeFirst();
}

function claimRules(db: Db, accountId: string, profileId: string) {
  return db.selectFrom('profile_claim_rules').selectAll().where('account_id', '=', accountId).where('profile_id', '=', profileId);
}

/** Writes all that can change of a rule. */
export async function changeClaimRule(db: Db, row: ClaimRuleRow): Promise<void> {
  await db
    .updateTable('profile_claim_rules')
    .set({ document: row.document, entity_tag: row.entity_tag, modified_at: row.modified_at })
    .where('account_id', '=', row.account_id)
    .where('id', '=', row.id)
    .execute();
}

export async function deleteClaimRule(db: Db, accountId: string, profileId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('profile_claim_rules')
    .where('account_id', '=', accountId)
    .where('profile_id', '=', profileId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
