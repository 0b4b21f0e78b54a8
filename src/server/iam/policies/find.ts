import { RootwardError } from '../../../contract/errors.ts';
import { findPolicy, type PolicyRow } from '../../../store/iam/policies.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import { type PolicyDocument, parseDocument } from '../decide/policy-document.ts';
import { targetOfPolicy } from './target.ts';

export interface FoundPolicy {
  readonly row: PolicyRow;
  readonly document: PolicyDocument;
}

/** An active policy of the account, as the target of a call. Whoever could see it while it lived learns that it is gone. */
export async function resolvePolicy(db: Db, accountId: string, id: string): Promise<Resolved<FoundPolicy>> {
  const row = await findPolicy(db, accountId, id);
  const missing = new RootwardError('POLICY_NOT_FOUND');
  if (!row) return { target: { serviceName: 'iam', accountId, resourceType: 'policy', resource: id }, missing };
  const document = parseDocument(row.document);
  const target = targetOfPolicy(document);
  return row.state === 'active' ? { target, record: { row, document } } : { target, missing };
}
