import { getInstancePolicies } from '../../../contract/instance-policies/get.ts';
import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import { listInstancePolicies } from '../../../store/kms/instance-policies.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentInstancePolicy } from './present.ts';

/** The policies that were set for an instance, also those that are off. */
export function getInstancePoliciesHandler(deps: KmsDeps): Handler {
  return handle(getInstancePolicies, {
    resolve: (call) => deps.resolver.instance(call),
    async run({ input }, instance) {
      const { policy } = input.query;
      const rows = await listInstancePolicies(deps.store.db, instance.guid);
      const resources = rows.filter(({ type }) => policy === undefined || type === policy).map(presentInstancePolicy);
      return {
        output: { metadata: { collectionType: POLICY_TYPE, collectionTotal: resources.length }, resources },
        audit: { responseData: { totalResources: resources.length } },
      };
    },
  });
}
