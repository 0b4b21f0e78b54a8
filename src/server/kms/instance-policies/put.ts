import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { type InstancePolicyRow, listInstancePolicies, saveInstancePolicy } from '../../../store/kms/instance-policies.ts';
import { type CallHost, type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { policyResources } from '../policy-resources.ts';
import { checkInstancePolicy, typeOfInstancePolicy } from './check-policy.ts';
import { isAllowedFrom, networkRuleOf } from './network-rule.ts';
import { auditedPolicies } from './present.ts';

/** Sets policies of an instance: the one that the query parameter names, or those of the body. All of them, or none. */
export function putInstancePoliciesHandler(deps: KmsDeps): Handler {
  return handle(putInstancePolicies, {
    resolve: (call) => deps.resolver.instance(call),
    async change({ input, principal, host, now }, instance, tx) {
      const wanted = policyResources(input.body, input.query.policy, typeOfInstancePolicy);
      const had = await listInstancePolicies(tx, instance.guid);
      const set: InstancePolicyRow[] = [];
      for (const [type, resource] of wanted) {
        const { enabled, attributes } = checkInstancePolicy(type, resource);
        const before = had.find((row) => row.type === type);
        set.push({
          instance_id: instance.guid,
          type,
          account_id: instance.account_id,
          enabled: enabled ? 1 : 0,
          attributes: attributes ? JSON.stringify(attributes) : (before?.attributes ?? '{}'),
          created_at: before?.created_at ?? now,
          created_by: before?.created_by ?? principal.iamId,
          updated_at: now,
          updated_by: principal.iamId,
        });
      }
      for (const row of set) await saveInstancePolicy(tx, row);
      const untouched = had.filter(({ type }) => !wanted.has(type));
      return {
        output: undefined,
        audit: {
          requestData: {
            initialValue: auditedPolicies(had.filter(({ type }) => wanted.has(type))),
            newValue: auditedPolicies(set),
          },
        },
        ...shutOut([...untouched, ...set], instance, host),
      };
    },
  });
}

/**
 * Whoever shuts out the very network that they ask from learns of it with the answer: their next request is refused. It is done
 * nevertheless, for this is how published clients turn the public network off.
 */
function shutOut(
  policies: readonly InstancePolicyRow[],
  { guid }: InstanceRow,
  host: CallHost,
): { headers?: Record<string, string> } {
  if (isAllowedFrom(networkRuleOf(policies), host)) return {};
  const warning = `From now on this instance refuses requests from where this one came. Use the private listener, or turn the network policies off on the machine of the server: rootward kp instance policy-reset --network -i ${guid}`;
  return { headers: { 'rootward-warning': warning } };
}
