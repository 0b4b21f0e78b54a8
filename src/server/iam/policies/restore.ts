import { RootwardError } from '../../../contract/errors.ts';
import { restorePolicy } from '../../../contract/policies/restore.ts';
import { updatePolicyAt } from '../../../store/iam/policy-changes.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseEscalation } from './checks/escalation.ts';
import { refuseLockedSubject } from './checks/locked-subject.ts';
import { policyFacts } from './facts.ts';
import { readAgain, resolvePolicy } from './find.ts';
import { refuseSame, unknownSubject } from './new-policy.ts';
import { mustBeCurrentRevision, nextEtag, outdated } from './revision.ts';
import { presentV1 } from './wire/present.ts';

/**
 * Brings a deleted policy back, for whoever could create it. One that is active stays as it is; one that a service created comes back
 * when that service creates it again.
 */
export function restorePolicyHandler(deps: IamDeps): Handler {
  const { store, decide } = deps;
  return handle(restorePolicy, {
    async resolve(call) {
      const { principal, input } = call;
      const found = await resolvePolicy(deps, principal, 'iam.policy.update', input.params.id, ['active', 'deleted']);
      if (found.missing) return found;
      const { row, document } = found.record;
      if (row.state === 'active') return found;
      const policy = { type: row.type, document, subjectKey: row.subject_key };
      const missing =
        (row.parent_id === null ? undefined : new RootwardError('POLICY_DELEGATED')) ??
        (await unknownSubject(store.db, row.account_id, policy, 'subjects')) ??
        (await refuseEscalation(decide, principal, document));
      return missing ? { target: found.target, missing } : found;
    },
    async change(call, found, tx) {
      const row = await readAgain(tx, found.row);
      mustBeCurrentRevision(row, call.input.headers['if-match']);
      const changed = {
        state: 'active',
        etag: nextEtag(row.etag, deps.newId()),
        modified_at: call.now,
        modified_by: call.principal.iamId,
      } as const;
      const restored = row.state === 'active' ? row : { ...row, ...changed };
      await refuseLockedSubject(tx, row);
      await refuseSame(tx, restored);
      if (restored !== row && !(await updatePolicyAt(tx, row, changed))) throw outdated(row);
      return {
        output: presentV1(restored, { origin: deps.origin() }),
        headers: { ETag: restored.etag },
        audit: { responseData: policyFacts(restored) },
      };
    },
  });
}
