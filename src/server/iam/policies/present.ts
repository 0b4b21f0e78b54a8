import { AUTHORIZATION_DELEGATOR, findRole } from '../../../contract/actions.ts';
import type { Policy, PolicyAttribute } from '../../../contract/policies/policy.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';
import { formatInstant } from '../../instant.ts';
import { type PolicyDocument, parseDocument } from '../decide/policy-document.ts';

export function presentPolicy(row: PolicyRow, origin: string, document: PolicyDocument = parseDocument(row.document)): Policy {
  const serviceName = document.resource.find(({ name }) => name === 'serviceName')?.value ?? '';
  return {
    id: row.id,
    type: row.type,
    ...(row.description === null ? {} : { description: row.description }),
    subjects: [{ attributes: [...document.subject] }],
    roles: document.roles.map((role) => ({ role_id: role, display_name: roleName(serviceName, role) })),
    resources: [{ attributes: document.resource.map(withOperator) }],
    href: `${origin}/v1/policies/${row.id}`,
    created_at: formatInstant(row.created_at),
    created_by_id: row.created_by,
    last_modified_at: formatInstant(row.modified_at),
    last_modified_by_id: row.modified_by,
    state: row.state,
  };
}

/** Published answers name the operator of every resource attribute. */
function withOperator(attribute: PolicyAttribute): PolicyAttribute {
  return { ...attribute, operator: attribute.operator ?? 'stringEquals' };
}

function roleName(serviceName: string, role: string): string {
  if (role === AUTHORIZATION_DELEGATOR) return 'Authorization Delegator';
  return findRole(serviceName, role)?.displayName ?? role;
}
