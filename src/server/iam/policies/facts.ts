import type { PolicyRow } from '../../../store/iam/policies.ts';
import { exactValue, parseDocument } from '../decide/policy-document.ts';

/** What the audit record says about a policy. */
export function policyFacts(row: PolicyRow): Readonly<Record<string, unknown>> {
  const { subject, roles, resource } = parseDocument(row.document);
  return {
    policyId: row.id,
    policyType: row.type,
    roles,
    iamId: exactValue(subject, 'iam_id'),
    accessGroupId: exactValue(subject, 'access_group_id'),
    accountId: exactValue(subject, 'accountId'),
    sourceServiceName: exactValue(subject, 'serviceName'),
    sourceServiceInstance: exactValue(subject, 'serviceInstance'),
    targetServiceName: exactValue(resource, 'serviceName'),
    targetServiceInstance: exactValue(resource, 'serviceInstance'),
    ...(row.parent_id !== null && { parentPolicyId: row.parent_id }),
  };
}
