import { AUTHORIZATION_DELEGATOR, findRole } from '../../../contract/actions.ts';
import type { Policy, PolicyAttribute } from '../../../contract/policies/policy.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';
import { formatInstant } from '../../instant.ts';
import type { Condition } from '../decide/condition.ts';
import { exactValue, type PolicyDocument, parseDocument } from '../decide/policy-document.ts';

export function presentPolicy(row: PolicyRow, origin: string, document: PolicyDocument = parseDocument(row.document)): Policy {
  const serviceName = exactValue(document.resource, 'serviceName') ?? '';
  return {
    id: row.id,
    type: row.type,
    ...(row.description === null ? {} : { description: row.description }),
    subjects: [{ attributes: document.subject.map(presentCondition) }],
    roles: document.roles.map((role) => ({ role_id: role, display_name: roleName(serviceName, role) })),
    resources: [{ attributes: document.resource.map(presentCondition).map(withOperator) }],
    href: `${origin}/v1/policies/${row.id}`,
    created_at: formatInstant(row.created_at),
    created_by_id: row.created_by,
    last_modified_at: formatInstant(row.modified_at),
    last_modified_by_id: row.modified_by,
    state: row.state,
  };
}

/** Only what this API can say is stored by it; any other value is shown as JSON text. */
function presentCondition({ name, value, operator }: Condition): PolicyAttribute {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return operator === 'stringMatch' ? { name, value: text, operator } : { name, value: text };
}

/** Published answers name the operator of every resource attribute. */
function withOperator(attribute: PolicyAttribute): PolicyAttribute {
  return { ...attribute, operator: attribute.operator ?? 'stringEquals' };
}

function roleName(serviceName: string, role: string): string {
  if (role === AUTHORIZATION_DELEGATOR) return 'Authorization Delegator';
  return findRole(serviceName, role)?.displayName ?? role;
}
