import type { Action } from '../../../contract/actions.ts';
import { findRole } from '../../../contract/actions.ts';
import type { PolicyAttribute } from '../../../contract/policies/policy.ts';
import type { Target } from '../../target.ts';
import { matchesGlob } from './glob.ts';

/** What the `document` column of a policy holds, in canonical order (policies/document.ts writes it). */
export interface PolicyDocument {
  readonly subject: readonly PolicyAttribute[];
  readonly roles: readonly string[];
  readonly resource: readonly PolicyAttribute[];
}

export function parseDocument(text: string): PolicyDocument {
  return JSON.parse(text) as PolicyDocument;
}

/** The attributes of whoever or whatever a policy may be about. An attribute that is not there matches no condition. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export function attributesOf(target: Target): Attributes {
  const { serviceName, accountId, region, resourceGroupId, serviceInstance, keyRing, resourceType, resource } = target;
  return { serviceName, accountId, region, resourceGroupId, serviceInstance, keyRing, resourceType, resource };
}

/** True if every condition holds. A list of conditions without service or account holds for nothing. */
export function matches(conditions: readonly PolicyAttribute[], attributes: Attributes): boolean {
  const has = (name: string) => conditions.some((condition) => condition.name === name && condition.operator !== 'stringMatch');
  if (!has('serviceName') || !has('accountId')) return false;
  return conditions.every(({ name, value, operator }) => {
    const actual = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (actual === undefined) return false;
    return operator === 'stringMatch' ? matchesGlob(value, actual) : actual === value;
  });
}

/** Do the roles of the policy carry `action` on the service that the policy is about? */
export function rolesCarry(document: PolicyDocument, service: string, action: Action): boolean {
  return document.roles.some((role) => findRole(service, role)?.actions.includes(action) ?? false);
}

/** Resource and roles together; the subject has been matched by the look-up or by the caller. */
export function grants(document: PolicyDocument, action: Action, target: Target): boolean {
  return rolesCarry(document, target.serviceName, action) && matches(document.resource, attributesOf(target));
}

/** Under which key the authorizations of one source service in one source account are found. */
export function sourceKey(serviceName: string, accountId: string): string {
  return `${serviceName} a/${accountId}`;
}
