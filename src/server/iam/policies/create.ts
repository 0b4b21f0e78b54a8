import { createPolicy } from '../../../contract/policies/create.ts';
import { createPolicyV2 } from '../../../contract/policies/create-v2.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { policyFacts } from './facts.ts';
import { insertNewPolicy, resolveNewPolicy } from './new-policy.ts';
import { presentV1, presentV2 } from './wire/present.ts';
import { fromV1 } from './wire/request-v1.ts';
import { fromV2 } from './wire/request-v2.ts';

/** Creates an access policy or a service authorization in the account that owns the target. */
export function createPolicyHandler(deps: IamDeps): Handler {
  return handle(createPolicy, {
    resolve: (call) => resolveNewPolicy(deps, call.principal, fromV1(call.input.body)),
    async change(call, policy, tx) {
      const row = await insertNewPolicy(deps, call, tx, policy);
      return {
        output: presentV1(row, { origin: deps.origin() }),
        headers: { ETag: row.etag },
        audit: { responseData: policyFacts(row) },
      };
    },
  });
}

export function createPolicyV2Handler(deps: IamDeps): Handler {
  return handle(createPolicyV2, {
    resolve: (call) => resolveNewPolicy(deps, call.principal, fromV2(call.input.body)),
    async change(call, policy, tx) {
      const row = await insertNewPolicy(deps, call, tx, policy);
      return {
        output: presentV2(row, { origin: deps.origin() }),
        headers: { ETag: row.etag },
        audit: { responseData: policyFacts(row) },
      };
    },
  });
}
