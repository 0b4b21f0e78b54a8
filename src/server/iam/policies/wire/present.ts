import type { Policy } from '../../../../contract/policies/policy.ts';
import type { PolicyV2 } from '../../../../contract/policies/policy-v2.ts';
import type { PolicyRow } from '../../../../store/iam/policies.ts';
import type { Condition } from '../../decide/condition.ts';
import { type PolicyDocument, parseDocument } from '../../decide/policy-document.ts';
import { roleFacts } from '../../roles/role-facts.ts';
import { presentRecord } from '../record.ts';
import { targetsOfPolicy } from '../target.ts';

/** How a policy is to be shown. */
export interface Showing {
  readonly origin: string;
  /** `display`: with every action of its roles. When a policy last permitted something is not kept, so nothing is added for that. */
  readonly format?: 'display' | 'include_last_permit' | undefined;
}

/**
 * A policy as version 1 shows it. What only version 2 can say is shown too, by its own operator and with its value as JSON text; sent
 * back, it is refused by the name of its field, so that no client narrows or widens a policy that it cannot read.
 */
export function presentV1(row: PolicyRow, { origin, format }: Showing, document = parseDocument(row.document)): Policy {
  return {
    ...presentRecord(row, origin, 'v1'),
    subjects: [{ attributes: document.subject.map((condition) => attributeV1(condition)) }],
    roles: document.roles.map((role) => roleOf(document, role, true, format === 'display')),
    // Published answers name the operator of every resource attribute.
    resources: [{ attributes: document.resource.map((condition) => ({ operator: 'stringEquals', ...attributeV1(condition) })) }],
  };
}

export function presentV2(row: PolicyRow, { origin, format }: Showing, document = parseDocument(row.document)): PolicyV2 {
  const display = format === 'display';
  return {
    ...presentRecord(row, origin, 'v2'),
    subject: { attributes: document.subject.map(attributeV2) },
    resource: { attributes: document.resource.map(attributeV2) },
    control: { grant: { roles: document.roles.map((role) => roleOf(document, role, display, display)) } },
  };
}

function attributeV1({ name, value, operator }: Condition): Policy['subjects'][number]['attributes'][number] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return operator === undefined ? { name, value: text } : { name, value: text, operator };
}

function attributeV2({ name, value, operator }: Condition): PolicyV2['subject']['attributes'][number] {
  const shown = typeof value === 'string' || typeof value === 'boolean' ? value : [...value];
  return { key: name, operator: operator ?? 'stringEquals', value: shown };
}

function roleOf(document: PolicyDocument, role: string, named: boolean, withActions: boolean): Policy['roles'][number] {
  if (!named) return { role_id: role };
  const services = targetsOfPolicy(document).map(({ serviceName }) => serviceName);
  const { displayName, description, actions } = roleFacts(services, role);
  return {
    role_id: role,
    display_name: displayName,
    ...(description !== '' && { description }),
    ...(withActions && { actions: actions.map((id) => ({ id, display_name: id, description: `Allows ${id}.` })) }),
  };
}
