import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { PoliciesTable } from '../tables/iam.ts';

export type PolicyRow = Selectable<PoliciesTable>;

export async function insertPolicy(db: Db, row: PolicyRow): Promise<void> {
  await db.insertInto('policies').values(row).execute();
}

export function findPolicy(db: Db, accountId: string, id: string): Promise<PolicyRow | undefined> {
  return db.selectFrom('policies').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export type PolicyOfSubject = Pick<PolicyRow, 'id' | 'subject_key' | 'document' | 'created_at'>;

/**
 * What a decision reads: the active policies of a principal's subjects (itself and its access groups) in the account that owns the
 * target, oldest first. It goes by the index of subjects: an account may hold 10^5 policies, one subject has a handful.
 */
export async function policiesOfSubjects(db: Db, accountId: string, subjectKeys: readonly string[]): Promise<PolicyOfSubject[]> {
  const rows = await policiesOfSubjectsQuery(db, accountId, subjectKeys).execute();
  return rows.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
}

/** Without an order: asked for one, SQLite reads every policy of the account by the index that has it. */
export function policiesOfSubjectsQuery(db: Db, accountId: string, subjectKeys: readonly string[]) {
  return db
    .selectFrom('policies')
    .select(['id', 'subject_key', 'document', 'created_at'])
    .where('account_id', '=', accountId)
    .where('subject_key', 'in', subjectKeys)
    .where('state', '=', 'active');
}

/** The active policies of one subject, oldest first. */
export function policiesOfSubject(db: Db, accountId: string, subjectKey: string): Promise<PolicyOfSubject[]> {
  return policiesOfSubjects(db, accountId, [subjectKey]);
}

export async function deletePoliciesOf(db: Db, accountId: string, subjectKey: string): Promise<void> {
  await db.deleteFrom('policies').where('account_id', '=', accountId).where('subject_key', '=', subjectKey).execute();
}
