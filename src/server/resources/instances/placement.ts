import { parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { Plan } from '../../../contract/instances/offerings.ts';

const REGION = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_REGION = 32;

/** The region of a `target`: the region itself, or the catalog's CRN of this plan in a region. */
export function regionOfTarget(target: string, plan: Plan, field: 'target' | 'target_crn' = 'target'): string {
  const region = target.startsWith('crn:') ? regionOfDeployment(target, plan.id) : target;
  if (region !== undefined && region.length <= MAX_REGION && REGION.test(region)) {
    if (isOfferedIn(plan, region)) return region;
    throw notOffered(plan, field);
  }
  throw new RootwardError('INVALID_FIELD', {
    message: `Field ${field} is not a region, nor the CRN of this plan in a region.`,
    target: { type: 'field', name: field },
  });
}

export function isOfferedIn({ regions }: Plan, region: string): boolean {
  return regions === undefined || regions.includes(region);
}

export function notOffered({ name, regions = [] }: Plan, field: string): RootwardError {
  return new RootwardError('INVALID_FIELD', {
    message: `Plan ${name} is offered in ${regions.join(', ')} only.`,
    target: { type: 'field', name: field },
  });
}

function regionOfDeployment(text: string, planId: string): string | undefined {
  const crn = parseCrn(text);
  if (crn?.service !== 'globalcatalog' || crn.resourceType !== 'deployment') return undefined;
  // `<plan>%3A<region>`; the escape is part of the CRN and may come in either case.
  const [plan, region, ...rest] = crn.resource.split(/%3a/i);
  return plan === planId && rest.length === 0 ? region : undefined;
}
