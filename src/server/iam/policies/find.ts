import type { Action } from '../../../contract/actions.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findPolicy, type PolicyRow } from '../../../store/iam/policies.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { type PolicyDocument, parseDocument } from '../decide/policy-document.ts';
import type { IamDeps } from '../iam-deps.ts';
import { targetOfPolicy } from './target.ts';

export interface FoundPolicy {
  readonly row: PolicyRow;
  readonly document: PolicyDocument;
}

/** An active policy of the account, as the target of a call. Whoever could see it while it lived learns that it is gone. */
export async function resolvePolicy(
  { store, decide }: Pick<IamDeps, 'store' | 'decide'>,
  principal: Principal,
  action: Action,
  id: string,
): Promise<Resolved<FoundPolicy>> {
  const { accountId } = principal;
  const row = await findPolicy(store.db, accountId, id);
  const missing = new RootwardError('POLICY_NOT_FOUND');
  if (!row) return { target: { serviceName: 'iam', accountId, resourceType: 'policy', resource: id }, missing };
  const document = parseDocument(row.document);
  const target = await targetOfPolicy(decide, principal, action, document);
  return row.state === 'active' ? { target, record: { row, document } } : { target, missing };
}
