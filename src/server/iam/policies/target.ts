import type { Target } from '../../target.ts';
import type { PolicyDocument } from '../decide/policy-document.ts';

/**
 * What a policy is about, as the target of a decision. A condition with wildcards is left out: whoever manages such a policy
 * needs his rights on everything that it could match, so the target is the wider one.
 */
export function targetOfPolicy(document: PolicyDocument): Target {
  const exact = new Map(
    document.resource.filter(({ operator }) => operator !== 'stringMatch').map(({ name, value }) => [name, value]),
  );
  const target: { -readonly [K in keyof Target]: Target[K] } = {
    serviceName: exact.get('serviceName') ?? '',
    accountId: exact.get('accountId') ?? '',
  };
  for (const name of ['region', 'resourceGroupId', 'serviceInstance', 'keyRing', 'resourceType', 'resource'] as const) {
    const value = exact.get(name);
    if (value !== undefined) target[name] = value;
  }
  return target;
}
