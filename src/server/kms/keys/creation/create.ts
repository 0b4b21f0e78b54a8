import { createKey } from '../../../../contract/keys/creation/create.ts';
import { type Handler, handle } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { onlyResource } from '../../only-resource.ts';
import { makeKey } from './make-key.ts';

/** Creates a key, Active at once. Its material is generated, or imported by `payload`. */
export function createKeyHandler(deps: KmsDeps): Handler {
  return handle(createKey, {
    resolve: (call) => deps.resolver.ring(call),
    change: ({ input, principal, now }, instance, tx) =>
      makeKey(deps, tx, { principal, now, instance, headers: input.headers, wanted: onlyResource(input.body) }),
  });
}
