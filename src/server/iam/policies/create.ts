import { RootwardError } from '../../../contract/errors.ts';
import { createPolicy } from '../../../contract/policies/create.ts';
import type { PolicyRequest } from '../../../contract/policies/policy.ts';
import { findSamePolicy, insertPolicy, type PolicyRow } from '../../../store/iam/policies.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import { findUser } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import { exactValue, type PolicyDocument } from '../decide/policy-document.ts';
import type { IamDeps } from '../iam-deps.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';
import { checkPolicy } from './check-policy.ts';
import { refuseEscalation } from './escalation.ts';
import { presentPolicy } from './present.ts';
import { targetOfPolicy } from './target.ts';

/** Creates an access policy or a service authorization in the account that owns the target. */
export function createPolicyHandler(deps: IamDeps): Handler {
  return handle(createPolicy, {
    async resolve(call) {
      const { body } = call.input;
      const checked = checkPolicy(body, call.principal.accountId);
      const target = await targetOfPolicy(deps.decide, call.principal, 'iam.policy.create', checked.document);
      const missing =
        (await unknownSubject(body, checked.subjectKey, target.accountId)) ??
        (await refuseEscalation(deps.decide, call.principal, checked.document));
      return missing ? { target, missing } : { target, record: checked };
    },
    async change(call, { document, subjectKey }, tx) {
      const { principal, now, input } = call;
      const accountId = principal.accountId;
      const text = JSON.stringify(document);
      const same = await findSamePolicy(tx, accountId, subjectKey, text);
      if (same) throw new RootwardError('POLICY_CONFLICT', { message: `The same policy exists already: ${same.id}.` });
      const row: PolicyRow = {
        id: deps.newId(),
        account_id: accountId,
        type: input.body.type,
        subject_key: subjectKey,
        document: text,
        description: input.body.description ?? null,
        state: 'active',
        etag: `1-${deps.newId().replaceAll('-', '')}`,
        created_at: now,
        created_by: principal.iamId,
        modified_at: now,
        modified_by: principal.iamId,
        parent_id: null,
      };
      await insertPolicy(tx, row);
      return {
        output: presentPolicy(row, deps.origin(), document),
        headers: { ETag: row.etag },
        audit: { responseData: policyFacts(row, document) },
      };
    },
  });

  /** An access policy for somebody who does not exist would count for whoever gets that id later. */
  async function unknownSubject(body: PolicyRequest, iamId: string, accountId: string): Promise<RootwardError | undefined> {
    if (body.type !== 'access') return undefined;
    const { db } = deps.store;
    const known = iamId.startsWith(SERVICE_ID_PREFIX)
      ? await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length))
      : await findUser(db, accountId, iamId);
    if (known) return undefined;
    return new RootwardError('INVALID_FIELD', {
      message: 'Field subjects: iam_id is not a user or service ID of this account.',
      target: { type: 'field', name: 'subjects' },
    });
  }
}

/** What the audit record says about a policy. */
export function policyFacts(row: PolicyRow, document: PolicyDocument): Readonly<Record<string, unknown>> {
  return {
    policyId: row.id,
    policyType: row.type,
    roles: document.roles,
    iamId: exactValue(document.subject, 'iam_id'),
    accountId: exactValue(document.subject, 'accountId'),
    sourceServiceName: exactValue(document.subject, 'serviceName'),
    sourceServiceInstance: exactValue(document.subject, 'serviceInstance'),
    targetServiceName: exactValue(document.resource, 'serviceName'),
    targetServiceInstance: exactValue(document.resource, 'serviceInstance'),
  };
}
