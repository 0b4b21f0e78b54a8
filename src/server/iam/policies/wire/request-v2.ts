import { RootwardError } from '../../../../contract/errors.ts';
import type { PolicyAttributeV2, PolicyRequestV2 } from '../../../../contract/policies/policy-v2.ts';
import type { Condition } from '../../decide/condition.ts';
import { type PolicyWish, refuseTags } from '../policy-wish.ts';

/** A request of version 2, in the one form that policies have in here. What this server has nothing for is refused by name. */
export function fromV2(body: PolicyRequestV2): PolicyWish {
  for (const field of ['pattern', 'rule'] as const) {
    if (body[field] === undefined || body[field] === null) continue;
    throw new RootwardError('NOT_SUPPORTED', {
      message: `Field ${field}: policies that count only at some times or under further conditions are not supported.`,
      target: { type: 'field', name: field },
    });
  }
  refuseTags(body.resource.tags, 'resource.tags');
  return {
    type: body.type,
    ...(body.description !== undefined && { description: body.description }),
    subject: body.subject.attributes.map((attribute) => condition(attribute, 'subject')),
    subjectField: 'subject',
    roles: body.control.grant.roles.map((role) => role.role_id),
    resource: body.resource.attributes.map((attribute) => condition(attribute, 'resource')),
    resourceField: 'resource',
  };
}

function condition({ key: name, operator, value }: PolicyAttributeV2, field: string): Condition {
  switch (operator) {
    case 'stringEquals':
      if (typeof value === 'string') return { name, value };
      break;
    case 'stringMatch':
      if (typeof value === 'string') return { name, value, operator };
      break;
    case 'stringExists':
      if (typeof value === 'boolean') return { name, value, operator };
      if (value === 'true' || value === 'false') return { name, value: value === 'true', operator };
      break;
    case 'stringEqualsAnyOf':
    case 'stringMatchAnyOf':
      if (Array.isArray(value)) return { name, value: [...new Set(value)].sort(), operator };
  }
  const wanted = { stringExists: 'true or false', stringEqualsAnyOf: 'a list', stringMatchAnyOf: 'a list' } as const;
  throw new RootwardError('INVALID_FIELD', {
    message: `Field ${field}: the value of ${name} is not ${operator in wanted ? wanted[operator as keyof typeof wanted] : 'text'}, as ${operator} takes it.`,
    target: { type: 'field', name: field },
  });
}
