/** A plan under which instances of a service are created. */
export interface Plan {
  readonly id: string;
  readonly name: string;
}

/** A KMS provider as the catalog names it. */
export interface Offering {
  readonly service: 'kms' | 'hs-crypto';
  /** The catalog's id of the service: `resource_id` of every instance. */
  readonly id: string;
  readonly plans: readonly Plan[];
}

/** The ids of Key Protect are the published ones, which clients carry in their configuration; those of hs-crypto are our own. */
export const OFFERINGS: readonly Offering[] = [
  {
    service: 'kms',
    id: 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6',
    plans: [{ id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3', name: 'tiered-pricing' }],
  },
  {
    service: 'hs-crypto',
    id: '8a1d5f0c-3f6e-4f43-9a57-6f0b7c1de2a4',
    plans: [{ id: '2b6c1f3e-71d4-4a0b-8e55-90d3a4c7f816', name: 'standard' }],
  },
];

/** The offering and plan with this plan id, or undefined. */
export function findPlan(planId: string): { readonly offering: Offering; readonly plan: Plan } | undefined {
  for (const offering of OFFERINGS) {
    const plan = offering.plans.find(({ id }) => id === planId);
    if (plan) return { offering, plan };
  }
  return undefined;
}

/** The catalog's CRN of a plan in a region, as Terraform sends it in `target`. */
export function deploymentCrn(planId: string, region: string): string {
  return `crn:v1:bluemix:public:globalcatalog::::deployment:${planId}%3A${region}`;
}
