import { AUTHORIZATION_DELEGATOR, findRole, ROLES } from '../../../../contract/actions.ts';
import { RootwardError } from '../../../../contract/errors.ts';
import type { Condition } from '../../decide/condition.ts';
import { exactValue, type PolicyDocument } from '../../decide/policy-document.ts';
import { subjectKeyOf } from '../../decide/subject-key.ts';
import type { PolicyWish } from '../policy-wish.ts';
import { targetsOfPolicy } from '../target.ts';

/** A policy that may be stored, as far as its own text can tell. */
export interface CheckedPolicy {
  readonly type: PolicyWish['type'];
  readonly description?: string;
  readonly document: PolicyDocument;
  /** What decisions look it up by. */
  readonly subjectKey: string;
}

const KMS: ReadonlySet<string> = new Set(['kms', 'hs-crypto']);
const SERVICE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** What conditions on a source are held against; others would never match, so they are refused. */
const SOURCE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'serviceName',
  'accountId',
  'serviceInstance',
  'resourceGroupId',
  'region',
  'resourceType',
  'resource',
]);
const RESOURCE_ATTRIBUTES: ReadonlySet<string> = new Set([...SOURCE_ATTRIBUTES, 'serviceType', 'keyRing']);
/** What policies are looked up or sorted by has one value; anything else about it would be guesswork. */
const EXACT: ReadonlySet<string> = new Set(['serviceName', 'accountId', 'serviceType']);

/**
 * Checks a policy of `accountId`, the account that owns the target, and brings it into the one form in which it is stored. Throws an
 * error that names the field.
 */
export function checkPolicy(wish: PolicyWish, accountId: string): CheckedPolicy {
  const resource = checkResource(wish, accountId);
  const subject = wish.type === 'access' ? checkAccessSubject(wish) : checkSource(wish);
  const document: PolicyDocument = { subject, roles: [...new Set(wish.roles)].sort(), resource };
  checkRoles(wish, document);
  const subjectKey = subjectKeyOf(subject);
  if (subjectKey === undefined) throw invalid(wish.subjectField, 'it names nobody exactly');
  const { type, description } = wish;
  return { type, ...(description !== undefined && { description }), document, subjectKey };
}

function checkResource({ type, resource, resourceField: field }: PolicyWish, accountId: string): Condition[] {
  const checked = checkConditions(resource, RESOURCE_ATTRIBUTES, field);
  if (exactValue(checked, 'accountId') !== accountId) {
    throw new RootwardError('ACCOUNT_MISMATCH', {
      message: `A policy is created in the account that owns the target: accountId of ${field} is not your account.`,
    });
  }
  const serviceName = exactValue(checked, 'serviceName');
  const serviceType = exactValue(checked, 'serviceType');
  if (serviceName !== undefined && !Object.hasOwn(ROLES, serviceName)) {
    throw invalid(field, `serviceName ${serviceName} is not a service with roles`);
  }
  if (serviceType !== undefined && serviceType !== 'service' && serviceType !== 'platform_service') {
    throw invalid(field, 'serviceType is neither service nor platform_service');
  }
  if (type === 'authorization' && serviceName === undefined) throw invalid(field, 'attribute serviceName is missing');
  const group = checked.some(({ name, value }) => name === 'resourceGroupId' && value !== false);
  if (serviceName === undefined && serviceType === undefined && !group) {
    throw invalid(field, 'one of the attributes serviceName, serviceType and resourceGroupId is needed');
  }
  if (checked.some(({ name }) => name === 'keyRing') && !KMS.has(serviceName ?? '')) {
    throw invalid(field, 'keyRing is only an attribute of kms and hs-crypto');
  }
  return checked;
}

function checkRoles({ type }: PolicyWish, document: PolicyDocument): void {
  const services = targetsOfPolicy(document).map(({ serviceName }) => serviceName);
  for (const role of document.roles) {
    const known =
      role === AUTHORIZATION_DELEGATOR ? type === 'authorization' : services.some((service) => findRole(service, role));
    if (known) continue;
    throw new RootwardError('ROLE_NOT_FOUND', {
      message: `The role ${role} does not exist for ${type} policies on ${exactValue(document.resource, 'serviceName') ?? 'these services'}.`,
      target: { type: 'field', name: 'roles' },
    });
  }
}

function checkAccessSubject({ subject, subjectField: field }: PolicyWish): Condition[] {
  const [only, ...others] = subject;
  const names = only?.name === 'iam_id' || only?.name === 'access_group_id';
  if (!only || !names || others.length > 0 || only.operator !== undefined) {
    throw invalid(field, 'an access policy has exactly one subject attribute, iam_id or access_group_id, with one value');
  }
  return [only];
}

function checkSource({ subject, subjectField: field }: PolicyWish): Condition[] {
  const source = checkConditions(subject, SOURCE_ATTRIBUTES, field);
  const serviceName = exactValue(source, 'serviceName');
  if (serviceName !== undefined && !SERVICE_NAME.test(serviceName)) {
    throw invalid(field, 'serviceName is not the name of a service');
  }
  if (exactValue(source, 'accountId') === undefined) throw invalid(field, 'attribute accountId is missing');
  if (serviceName === undefined && !source.some(({ name, value }) => name === 'resourceGroupId' && value !== false)) {
    throw invalid(field, 'one of the attributes serviceName and resourceGroupId is needed');
  }
  return source;
}

/** Sorted, each name once. */
function checkConditions(conditions: readonly Condition[], allowed: ReadonlySet<string>, field: string): Condition[] {
  const seen = new Set<string>();
  for (const { name, operator } of conditions) {
    if (!allowed.has(name)) throw invalid(field, `attribute ${name} is not supported here`);
    if (seen.has(name)) throw invalid(field, `attribute ${name} is given twice`);
    if (operator !== undefined && operator !== 'stringEquals' && EXACT.has(name)) {
      throw invalid(field, `attribute ${name} takes only stringEquals`);
    }
    seen.add(name);
  }
  if (!seen.has('accountId')) throw invalid(field, 'attribute accountId is missing');
  return [...conditions].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function invalid(field: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${field}: ${why}.`, target: { type: 'field', name: field } });
}
