import { parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';

const REGION = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_REGION = 32;

/** The region of a `target`: the region itself, or the catalog's CRN of this plan in a region. */
export function regionOfTarget(target: string, planId: string): string {
  const region = target.startsWith('crn:') ? regionOfDeployment(target, planId) : target;
  if (region !== undefined && region.length <= MAX_REGION && REGION.test(region)) return region;
  throw new RootwardError('INVALID_FIELD', {
    message: 'Field target is not a region, nor the CRN of this plan in a region.',
    target: { type: 'field', name: 'target' },
  });
}

function regionOfDeployment(text: string, planId: string): string | undefined {
  const crn = parseCrn(text);
  if (crn?.service !== 'globalcatalog' || crn.resourceType !== 'deployment') return undefined;
  // `<plan>%3A<region>`; the escape is part of the CRN and may come in either case.
  const [plan, region, ...rest] = crn.resource.split(/%3a/i);
  return plan === planId && rest.length === 0 ? region : undefined;
}
