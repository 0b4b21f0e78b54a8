import { RootwardError } from '../../../../contract/errors.ts';
import { createKey } from '../../../../contract/keys/creation/create.ts';
import { type Handler, handle } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { onlyResource } from '../../only-resource.ts';
import { makeKey } from './make-key.ts';

/** Creates a key, Active at once. Its material is generated, or imported by `payload`. */
export function createKeyHandler(deps: KmsDeps): Handler {
  return handle(createKey, {
    resolve: (call) => deps.resolver.ring(call),
    change({ input, principal, now }, instance, tx) {
      const { rotation, dualAuthDelete, ...wanted } = onlyResource(input.body);
      refusePolicies({ rotation, dualAuthDelete });
      return makeKey(deps, tx, { principal, now, instance, headers: input.headers, wanted });
    },
  });
}

/** Whoever asks for a key that two people delete must not get one that anybody deletes. */
function refusePolicies(policies: Readonly<Record<string, unknown>>): void {
  const name = Object.keys(policies).find((policy) => policies[policy] !== undefined);
  if (name === undefined) return;
  throw new RootwardError('BAD_BODY', {
    message: `A key is not created with ${name} at this address.`,
    hint: 'POST /api/v2/keys_with_policy_overrides creates a key with policies of its own.',
    target: { type: 'field', name },
  });
}
