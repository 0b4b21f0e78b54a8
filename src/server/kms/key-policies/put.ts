import { RootwardError } from '../../../contract/errors.ts';
import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import type { KeyPolicyInput, KeyPolicyType } from '../../../contract/key-policies/key-policy.ts';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import { type KeyPolicyRow, listKeyPolicies } from '../../../store/kms/key-policies.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { policyResources } from '../policy-resources.ts';
import { presentKeyPolicy, termsOfPolicy } from './present.ts';
import { setDualAuthPolicy, setRotationPolicy } from './set-policy.ts';

/** Sets policies of a key: the one that the query parameter names, or those of the body. All of them, or none. */
export function putKeyPoliciesHandler(deps: KmsDeps): Handler {
  return handle(putKeyPolicies, {
    resolve: (call) => deps.resolver.key(call),
    async change({ input, principal, now }, resolved, tx) {
      const wanted = policyResources(input.body, input.query.policy, typeOfPolicy);
      const key = await keyForChange(deps, tx, 'change policies', resolved, now);
      const had = await listKeyPolicies(tx, key.id);
      const set: KeyPolicyRow[] = [];
      for (const [type, { rotation, dualAuthDelete }] of wanted) {
        const change = { key, before: had.find((row) => row.type === type), by: principal.iamId, now };
        if (rotation) set.push(await setRotationPolicy(deps, tx, change, rotation));
        if (dualAuthDelete) set.push(await setDualAuthPolicy(deps, tx, change, dualAuthDelete.enabled));
      }
      const resources = set.map((row) => presentKeyPolicy(resolved.instance, row));
      return {
        output: { metadata: { collectionType: POLICY_TYPE, collectionTotal: resources.length }, resources },
        audit: {
          requestData: {
            initialValue: termsOf(had.filter(({ type }) => wanted.has(type))),
            newValue: termsOf(set),
          },
          responseData: auditedKey(key, now),
        },
      };
    },
  });
}

function typeOfPolicy({ rotation, dualAuthDelete }: KeyPolicyInput): KeyPolicyType {
  if (rotation && !dualAuthDelete) return 'rotation';
  if (dualAuthDelete && !rotation) return 'dualAuthDelete';
  throw new RootwardError('BAD_BODY', {
    message: 'Each resource must contain exactly one of rotation and dualAuthDelete.',
    target: { type: 'field', name: 'resources' },
  });
}

const termsOf = (rows: readonly KeyPolicyRow[]): object => Object.assign({}, ...rows.map(termsOfPolicy));
