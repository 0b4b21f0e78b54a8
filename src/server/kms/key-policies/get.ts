import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import { getKeyPolicies } from '../../../contract/key-policies/get.ts';
import { listKeyPolicies } from '../../../store/kms/key-policies.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentKeyPolicy } from './present.ts';

/** The policies of a key, also those that are off, and also those of a deleted key. */
export function getKeyPoliciesHandler(deps: KmsDeps): Handler {
  return handle(getKeyPolicies, {
    resolve: (call) => deps.resolver.key(call),
    async run({ input, now }, { instance, key }) {
      const { policy } = input.query;
      const rows = (await listKeyPolicies(deps.store.db, key.id)).filter(({ type }) => policy === undefined || type === policy);
      const resources = rows.map((row) => presentKeyPolicy(instance, row));
      return {
        output: { metadata: { collectionType: POLICY_TYPE, collectionTotal: resources.length }, resources },
        audit: { requestData: auditedRequest(key), responseData: { ...auditedKey(key, now), totalResources: resources.length } },
      };
    },
  });
}
