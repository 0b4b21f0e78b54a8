import { RootwardError } from '../../../../contract/errors.ts';
import { policiesOfSubject } from '../../../../store/iam/policies.ts';
import type { Db } from '../../../../store/store.ts';
import type { Principal } from '../../../principal.ts';
import type { Decide } from '../../decide/decision.ts';
import { parseDocument } from '../../decide/policy-document.ts';
import { refuseEscalation } from './escalation.ts';

interface Deps {
  readonly db: Db;
  readonly decide: Decide;
}

/**
 * Whoever can act as a subject has what that subject has. So nobody gets hold of one (by an API key of a service ID, a place in an
 * access group, a right to assume a profile, for himself or for others) that may do what he himself may not. Undefined if all that
 * the policies of `subjectKey` grant is within the rights of `principal`, else the error to answer with.
 */
export async function refuseBeyondRights(
  { db, decide }: Deps,
  principal: Principal,
  accountId: string,
  subjectKey: string,
): Promise<RootwardError | undefined> {
  for (const { document } of await policiesOfSubject(db, accountId, subjectKey)) {
    const policy = parseDocument(document);
    const refusal = await refuseEscalation(decide, principal, policy);
    if (!refusal) continue;
    return new RootwardError('ACTION_DENIED', {
      message: `${subjectKey} has rights that you do not have yourself, so you cannot let anybody act as it.`,
      cause: refusal,
    });
  }
  return undefined;
}
