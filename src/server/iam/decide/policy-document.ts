import type { Action } from '../../../contract/actions.ts';
import { findRole, serviceTypeOf } from '../../../contract/actions.ts';
import type { Target } from '../../target.ts';
import { type Condition, holds } from './condition.ts';

/**
 * What the `document` column of a policy holds, in canonical order (policies/check-policy.ts writes it). Access policies have one
 * subject condition, `iam_id` or `access_group_id`; authorizations have conditions on the source.
 */
export interface PolicyDocument {
  readonly subject: readonly Condition[];
  readonly roles: readonly string[];
  readonly resource: readonly Condition[];
}

export function parseDocument(text: string): PolicyDocument {
  return JSON.parse(text) as PolicyDocument;
}

/** The attributes of whoever or whatever a policy may be about. An attribute that is not there is undefined. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export function attributesOf(target: Target): Attributes {
  const { serviceName, accountId, region, resourceGroupId, serviceInstance, keyRing, resourceType, resource } = target;
  const serviceType = serviceTypeOf(serviceName);
  return { serviceName, serviceType, accountId, region, resourceGroupId, serviceInstance, keyRing, resourceType, resource };
}

/** What says which services a list of conditions is about. A list that has none of them is about nothing. */
const ABOUT: ReadonlySet<string> = new Set(['serviceName', 'serviceType', 'resourceGroupId']);

/**
 * True if every condition holds. The account has to be given, exactly, and with it what in the account it is about: a list of
 * conditions without them holds for nothing. `whole`: the attributes stand for everything that they leave open, so none is absent.
 */
export function matches(conditions: readonly Condition[], attributes: Attributes, whole = false): boolean {
  if (exactValue(conditions, 'accountId') === undefined) return false;
  if (!conditions.some(({ name, value }) => ABOUT.has(name) && value !== false)) return false;
  return conditions.every((condition) => {
    const actual = Object.hasOwn(attributes, condition.name) ? attributes[condition.name] : undefined;
    return holds(condition, actual, whole);
  });
}

/** The one value that an attribute has to have, or undefined where the conditions leave it open in any way. */
export function exactValue(conditions: readonly Condition[], name: string): string | undefined {
  for (const condition of conditions) {
    if (condition.name !== name || typeof condition.value !== 'string') continue;
    if (condition.operator === undefined || condition.operator === 'stringEquals') return condition.value;
  }
  return undefined;
}

/** Do the roles of the policy carry `action` on that service? */
export function rolesCarry(document: PolicyDocument, service: string, action: Action): boolean {
  return document.roles.some((role) => findRole(service, role)?.actions.includes(action) ?? false);
}

/** Resource and roles together; the subject has been matched by the look-up or by the caller. */
export function grants(document: PolicyDocument, action: Action, target: Target): boolean {
  return (
    rolesCarry(document, target.serviceName, action) && matches(document.resource, attributesOf(target), target.whole === true)
  );
}
