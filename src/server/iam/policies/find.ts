import { RootwardError } from '../../../contract/errors.ts';
import { findPolicy, type PolicyRow } from '../../../store/policies.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import { type PolicyDocument, parseDocument } from '../decide/policy-document.ts';
import { targetOfPolicy } from './target.ts';

export interface FoundPolicy {
  readonly row: PolicyRow;
  readonly document: PolicyDocument;
}

/** An active policy of the account, as the target of a call. */
export async function resolvePolicy(db: Db, accountId: string, id: string): Promise<Resolved<FoundPolicy>> {
  const row = await findPolicy(db, accountId, id);
  if (row?.state !== 'active') {
    const target = { serviceName: 'iam', accountId, resourceType: 'policy', resource: id };
    return { target, missing: new RootwardError('POLICY_NOT_FOUND') };
  }
  const document = parseDocument(row.document);
  return { target: targetOfPolicy(document), record: { row, document } };
}
