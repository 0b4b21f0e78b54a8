import { RootwardError } from '../../../../contract/errors.ts';
import type { PolicyAttribute, PolicyRequest } from '../../../../contract/policies/policy.ts';
import type { Condition } from '../../decide/condition.ts';
import { type PolicyWish, refuseTags } from '../policy-wish.ts';

/** A request of version 1, in the one form that policies have in here. */
export function fromV1(body: PolicyRequest): PolicyWish {
  const [subject] = body.subjects;
  const [resource] = body.resources;
  if (!subject) throw new RootwardError('INVALID_FIELD', { message: 'Field subjects is empty.' });
  if (!resource) throw new RootwardError('INVALID_FIELD', { message: 'Field resources is empty.' });
  refuseTags(resource.tags, 'resources.tags');
  return {
    type: body.type,
    ...(body.description !== undefined && { description: body.description }),
    subject: subject.attributes.map(condition),
    subjectField: 'subjects',
    roles: body.roles.map((role) => role.role_id),
    resource: resource.attributes.map(condition),
    resourceField: 'resources',
  };
}

function condition({ name, value, operator }: PolicyAttribute): Condition {
  return operator === 'stringMatch' ? { name, value, operator } : { name, value };
}
