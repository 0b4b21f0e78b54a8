/** A plan under which instances of a service are created. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Where it is offered; absent: in every region. */
  readonly regions?: readonly string[];
}

/** A KMS provider as the catalog names it. */
export interface Offering {
  readonly service: 'kms' | 'hs-crypto';
  /** The catalog's id of the service: `resource_id` of every instance. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly plans: readonly Plan[];
}

/** The regions that the catalog lists. Instances may be created in any other, too: a region is a name here, and nothing more. */
export const REGIONS = [
  'us-south',
  'us-east',
  'eu-gb',
  'eu-de',
  'au-syd',
  'jp-tok',
  'jp-osa',
  'ca-tor',
  'br-sao',
  'eu-es',
  'ca-mon',
  'in-che',
  'in-mum',
] as const;

/** The id of Key Protect and of its first plan are the published ones, which clients carry in their configuration; the others are our own. */
export const OFFERINGS: readonly Offering[] = [
  {
    service: 'kms',
    id: 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6',
    displayName: 'Key Protect',
    description: 'Root keys and standard keys, sealed by the server',
    plans: [
      { id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3', name: 'tiered-pricing', description: 'Keys in one region' },
      {
        id: '6d3c52a4-0b7e-4a9d-8f21-5c8e917b40da',
        name: 'cross-region-resiliency',
        description: 'Offered where keys are kept in a second region',
        regions: ['us-south', 'jp-tok', 'eu-de'],
      },
    ],
  },
  {
    service: 'hs-crypto',
    id: '8a1d5f0c-3f6e-4f43-9a57-6f0b7c1de2a4',
    displayName: 'Hyper Protect Crypto Services',
    description: 'Root keys behind a hardware security module that its customer initializes',
    plans: [
      { id: '2b6c1f3e-71d4-4a0b-8e55-90d3a4c7f816', name: 'standard', description: 'Crypto units of its own' },
      {
        id: 'f1b97e62-4c0d-4d38-a6be-2e5d7083c941',
        name: 'hpcs-hourly-uko',
        description: 'Crypto units of its own, with orchestration of keys',
      },
    ],
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
