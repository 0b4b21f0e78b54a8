import { createKeyWithPolicies } from '../../../../contract/keys/creation/create-with-policies.ts';
import { type Handler, handle } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { onlyResource } from '../../only-resource.ts';
import { makeKey } from './make-key.ts';

/** Creates a key that has exactly the policies that the request names, whatever those of the instance say. */
export function createKeyWithPoliciesHandler(deps: KmsDeps): Handler {
  return handle(createKeyWithPolicies, {
    resolve: (call) => deps.resolver.ring(call),
    change({ input, principal, now }, instance, tx) {
      const { rotation, dualAuthDelete, ...wanted } = onlyResource(input.body);
      const overrides = { rotation, dualAuthDelete };
      return makeKey(deps, tx, { principal, now, instance, headers: input.headers, wanted, overrides });
    },
  });
}
