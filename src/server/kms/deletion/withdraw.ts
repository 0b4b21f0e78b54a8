import { withdrawDeletion } from '../../../contract/deletion/withdraw.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { deletionAuthorization, isDualAuth } from './dual-authorization.ts';

/** Takes the authorization to delete a key back, whoever gave it. Where there is none, nothing changes. */
export function withdrawDeletionHandler(deps: KmsDeps): Handler {
  return handle(withdrawDeletion, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'withdraw deletion', resolved, call.now);
      if (!(await isDualAuth(tx, key))) throw new RootwardError('KEY_NOT_DUAL_AUTH');
      await deps.keyRows.change(tx, key, { deletion_authorized_by: null, deletion_authorized_at: null });
      const initialValue = deletionAuthorization(key, call.now, deps.lifecycle) ?? {};
      return {
        output: undefined,
        audit: { requestData: auditedRequest(key), responseData: { ...auditedKey(key, call.now), initialValue, newValue: {} } },
      };
    },
  });
}
