import type { Updateable } from 'kysely';
import type { Db } from '../store.ts';
import type { PoliciesTable } from '../tables/iam.ts';
import type { PolicyRow } from './policies.ts';

/** Who changes a policy, and when (ms since 1970). */
export interface PolicyChange {
  readonly iamId: string;
  readonly at: number;
}

/** Changes a policy that still has this revision and state; false: it has not, or is not there. */
export async function updatePolicyAt(
  db: Db,
  { account_id, id, etag, state }: Pick<PolicyRow, 'account_id' | 'id' | 'etag' | 'state'>,
  patch: Updateable<PoliciesTable>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('policies')
    .set(patch)
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .where('etag', '=', etag)
    .where('state', '=', state)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/**
 * The active policy with exactly this document, if it has the same maker: what people create is theirs, and each resource of a service
 * has its own, so that none loses it when another one goes.
 */
export function findSamePolicy(
  db: Db,
  policy: Pick<PolicyRow, 'account_id' | 'subject_key' | 'document' | 'parent_id' | 'created_by'>,
): Promise<Pick<PolicyRow, 'id' | 'etag'> | undefined> {
  const query = db
    .selectFrom('policies')
    .select(['id', 'etag'])
    .where('account_id', '=', policy.account_id)
    .where('subject_key', '=', policy.subject_key)
    .where('document', '=', policy.document)
    .where('state', '=', 'active');
  return policy.parent_id === null
    ? query.where('parent_id', 'is', null).executeTakeFirst()
    : query.where('parent_id', 'is not', null).where('created_by', '=', policy.created_by).executeTakeFirst();
}

/** The active policies that services created by this authorization. */
export function policiesOfParent(db: Db, parentId: string): Promise<Pick<PolicyRow, 'id' | 'document' | 'created_by'>[]> {
  return db
    .selectFrom('policies')
    .select(['id', 'document', 'created_by'])
    .where('parent_id', '=', parentId)
    .where('state', '=', 'active')
    .execute();
}

/**
 * Takes away what services created by delegation: these policies, or everything of one source-created resource (`createdBy`: its
 * IAM id, `crn-<CRN>`) in every account. The change that carries it has to name the topic `iam`.
 */
export async function removeDelegatedPolicies(
  db: Db,
  which: { readonly createdBy: string } | { readonly ids: readonly string[] },
  by: PolicyChange,
): Promise<void> {
  if ('ids' in which && which.ids.length === 0) return;
  const query = db
    .updateTable('policies')
    .set({ state: 'deleted', modified_at: by.at, modified_by: by.iamId })
    .where('parent_id', 'is not', null)
    .where('state', '=', 'active');
  if ('ids' in which) await query.where('id', 'in', which.ids).execute();
  else await query.where('created_by', '=', which.createdBy).execute();
}
