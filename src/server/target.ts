import { type Crn, formatCrn } from '../contract/crn.ts';

/** What an action is done to, in the attributes that policies match. */
export interface Target {
  readonly serviceName: string;
  readonly accountId: string;
  readonly region?: string;
  readonly resourceGroupId?: string;
  /** GUID of a KMS instance, or id of a cluster. */
  readonly serviceInstance?: string;
  readonly keyRing?: string;
  readonly resourceType?: string;
  readonly resource?: string;
  /**
   * It stands for everything that it leaves open: every instance, ring or key. Whoever is asked about it has to have the action on
   * all of them, so a policy about what has no ring, say, does not reach it.
   */
  readonly whole?: true;
  /** A person's word for it, for the audit record. */
  readonly name?: string;
}

/** The CRN under which a target is audited. */
export function crnOfTarget(target: Target): string {
  const crn: { -readonly [K in keyof Crn]?: Crn[K] } & { service: string } = {
    service: target.serviceName,
    accountId: target.accountId,
  };
  if (target.region) crn.location = target.region;
  if (target.serviceInstance) crn.instance = target.serviceInstance;
  if (target.resourceType) crn.resourceType = target.resourceType;
  if (target.resource) crn.resource = target.resource;
  return formatCrn(crn);
}
