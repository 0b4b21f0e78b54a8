import type { Action } from '../../../contract/actions.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findPolicy, type PolicyRow } from '../../../store/iam/policies.ts';
import type { Tx } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { type PolicyDocument, parseDocument } from '../decide/policy-document.ts';
import type { IamDeps } from '../iam-deps.ts';
import { targetOfPolicy } from './target.ts';

export interface FoundPolicy {
  readonly row: PolicyRow;
  readonly document: PolicyDocument;
}

/**
 * A policy of the caller's account, as the target of a call. One that is in none of the wanted states is missing, which only those
 * learn who could see it.
 */
export async function resolvePolicy(
  { store, decide }: Pick<IamDeps, 'store' | 'decide'>,
  principal: Principal,
  action: Action,
  id: string,
  states: readonly PolicyRow['state'][] = ['active'],
): Promise<Resolved<FoundPolicy>> {
  const { accountId } = principal;
  const row = await findPolicy(store.db, accountId, id);
  const missing = new RootwardError('POLICY_NOT_FOUND');
  if (!row) return { target: { serviceName: 'iam', accountId, resourceType: 'policy', resource: id }, missing };
  const document = parseDocument(row.document);
  const target = await targetOfPolicy(decide, principal, action, document);
  return states.includes(row.state) ? { target, record: { row, document } } : { target, missing };
}

/** The policy as the transaction finds it. Throws POLICY_NOT_FOUND if it is in another state by now. */
export async function readAgain(tx: Tx, { account_id, id, state }: PolicyRow): Promise<PolicyRow> {
  const row = await findPolicy(tx, account_id, id);
  if (row?.state !== state) throw new RootwardError('POLICY_NOT_FOUND');
  return row;
}
