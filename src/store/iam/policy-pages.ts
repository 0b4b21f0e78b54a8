import type { Db } from '../store.ts';
import type { PolicyRow } from './policies.ts';

/** Columns that a list of policies can be ordered by; `id` decides between equals. */
export type PolicyOrder = 'id' | 'type' | 'created_at' | 'created_by' | 'modified_at' | 'modified_by' | 'state';

export interface PolicyPage {
  readonly accountId: string;
  readonly state: 'active' | 'deleted';
  readonly type?: 'access' | 'authorization' | undefined;
  readonly subjectKey?: string | undefined;
  readonly order: PolicyOrder;
  readonly descending: boolean;
  /** The last row of the page before: its value in the column of `order`, and its id. */
  readonly after?: { readonly value: string | number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Policies of one account in order, from where the page before ended. */
export function readPolicyPage(db: Db, page: PolicyPage): Promise<PolicyRow[]> {
  const { order, after } = page;
  const direction = page.descending ? 'desc' : 'asc';
  const beyond = page.descending ? '<' : '>';
  let query = db.selectFrom('policies').selectAll().where('account_id', '=', page.accountId).where('state', '=', page.state);
  if (page.type !== undefined) query = query.where('type', '=', page.type);
  if (page.subjectKey !== undefined) query = query.where('subject_key', '=', page.subjectKey);
  if (after)
    query = query.where((is) =>
      is.or([is(order, beyond, after.value), is.and([is(order, '=', after.value), is('id', beyond, after.id)])]),
    );
  if (order !== 'id') query = query.orderBy(order, direction);
  return query.orderBy('id', direction).limit(page.limit).execute();
}
