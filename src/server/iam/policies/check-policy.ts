import { AUTHORIZATION_DELEGATOR, findRole, ROLES } from '../../../contract/actions.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { PolicyAttribute, PolicyRequest } from '../../../contract/policies/policy.ts';
import type { PolicyDocument } from '../decide/policy-document.ts';
import { sourceKey } from '../decide/subject-key.ts';

/** A policy that may be stored, as far as its own text can tell. */
export interface CheckedPolicy {
  readonly document: PolicyDocument;
  /** What decisions look it up by. */
  readonly subjectKey: string;
}

const KMS = new Set(['kms', 'hs-crypto']);
const SERVICE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Conditions on a source that a cluster can be held against; others would never match, so they are refused. */
const SOURCE_ATTRIBUTES = new Set(['serviceName', 'accountId', 'serviceInstance', 'region']);
const RESOURCE_ATTRIBUTES = new Set([
  'serviceName',
  'accountId',
  'serviceInstance',
  'resourceGroupId',
  'region',
  'resourceType',
  'resource',
  'keyRing',
]);

/** Checks a new policy of `accountId` and brings it into the one form in which it is stored. Throws an error that names the field. */
export function checkPolicy(request: PolicyRequest, accountId: string): CheckedPolicy {
  const resource = checkResource(request.resources[0]?.attributes ?? [], accountId);
  const roles = checkRoles(request, attributeValue(resource, 'serviceName') ?? '');
  const subject = request.subjects[0]?.attributes ?? [];
  if (request.type === 'access') {
    const iamId = checkAccessSubject(subject);
    return { document: { subject: [{ name: 'iam_id', value: iamId }], roles, resource }, subjectKey: iamId };
  }
  const source = checkAttributes(subject, SOURCE_ATTRIBUTES, 'subjects');
  const serviceName = attributeValue(source, 'serviceName') ?? '';
  if (!SERVICE_NAME.test(serviceName)) throw invalid('subjects', 'serviceName is not the name of a service');
  return {
    document: { subject: source, roles, resource },
    subjectKey: sourceKey(serviceName, attributeValue(source, 'accountId') ?? ''),
  };
}

function checkResource(attributes: readonly PolicyAttribute[], accountId: string): PolicyAttribute[] {
  const resource = checkAttributes(attributes, RESOURCE_ATTRIBUTES, 'resources');
  if (attributeValue(resource, 'accountId') !== accountId) {
    throw new RootwardError('ACCOUNT_MISMATCH', {
      message: 'A policy is created in the account that owns the target: accountId of resources is not your account.',
    });
  }
  const serviceName = attributeValue(resource, 'serviceName') ?? '';
  if (!Object.hasOwn(ROLES, serviceName)) throw invalid('resources', `serviceName ${serviceName} is not a service with roles`);
  if (attributeValue(resource, 'keyRing') !== undefined && !KMS.has(serviceName)) {
    throw invalid('resources', 'keyRing is only an attribute of kms and hs-crypto');
  }
  return resource;
}

function checkRoles(request: PolicyRequest, serviceName: string): string[] {
  const roles = [...new Set(request.roles.map((role) => role.role_id))].sort();
  for (const role of roles) {
    const known = role === AUTHORIZATION_DELEGATOR ? request.type === 'authorization' : findRole(serviceName, role);
    if (known) continue;
    throw new RootwardError('ROLE_NOT_FOUND', {
      message: `The role ${role} does not exist for ${request.type} policies on ${serviceName}.`,
      target: { type: 'field', name: 'roles' },
    });
  }
  return roles;
}

function checkAccessSubject(attributes: readonly PolicyAttribute[]): string {
  const [only, ...others] = attributes;
  if (only?.name === 'access_group_id') {
    throw new RootwardError('NOT_SUPPORTED', { message: 'Access groups are not supported yet. Name an iam_id.' });
  }
  if (only?.name !== 'iam_id' || others.length > 0 || only.operator === 'stringMatch') {
    throw invalid('subjects', 'an access policy has exactly one subject attribute, iam_id');
  }
  return only.value;
}

/** Sorted, each name once, service and account given and exact: both are what policies are looked up by. */
function checkAttributes(attributes: readonly PolicyAttribute[], allowed: ReadonlySet<string>, field: string): PolicyAttribute[] {
  const seen = new Set<string>();
  for (const { name, operator } of attributes) {
    if (!allowed.has(name)) throw invalid(field, `attribute ${name} is not supported here`);
    if (seen.has(name)) throw invalid(field, `attribute ${name} is given twice`);
    if (operator === 'stringMatch' && (name === 'serviceName' || name === 'accountId')) {
      throw invalid(field, `attribute ${name} takes no wildcards`);
    }
    seen.add(name);
  }
  for (const name of ['serviceName', 'accountId']) {
    if (!seen.has(name)) throw invalid(field, `attribute ${name} is missing`);
  }
  return attributes
    .map(
      ({ name, value, operator }): PolicyAttribute => (operator === 'stringMatch' ? { name, value, operator } : { name, value }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function attributeValue(attributes: readonly PolicyAttribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}

function invalid(field: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${field}: ${why}.`, target: { type: 'field', name: field } });
}
