import { authorizeDeletion } from '../../../contract/deletion/authorize.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { deletionAuthorization, isDualAuth } from './dual-authorization.ts';

/** The first of two people agrees that a key be deleted. The key stays in use; the same again, by whomever, begins the time anew. */
export function authorizeDeletionHandler(deps: KmsDeps): Handler {
  return handle(authorizeDeletion, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'authorize deletion', resolved, call.now);
      if (!(await isDualAuth(tx, key))) throw new RootwardError('KEY_NOT_DUAL_AUTH');
      const change = { deletion_authorized_by: call.principal.iamId, deletion_authorized_at: call.now };
      await deps.keyRows.change(tx, key, change);
      const initialValue = deletionAuthorization(key, call.now, deps.lifecycle) ?? {};
      const newValue = deletionAuthorization({ ...key, ...change }, call.now, deps.lifecycle) ?? {};
      return {
        output: undefined,
        audit: { requestData: auditedRequest(key), responseData: { ...auditedKey(key, call.now), initialValue, newValue } },
      };
    },
  });
}
