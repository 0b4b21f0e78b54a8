import { RootwardError } from '../../../contract/errors.ts';
import { removeRegistration } from '../../../contract/registrations/remove.ts';
import { deleteRegistration, findRegistration } from '../../../store/kms/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { prefersRepresentation } from '../keys/creation/prefer.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { ownerOf } from './owner.ts';
import { showRegistration } from './present.ts';

/**
 * Removes a registration for good: the resource no longer depends on the key. In every state of the key, so that nobody stays bound
 * to a key that has expired, and a hidden subscription ends too.
 */
export function removeRegistrationHandler(deps: KmsDeps): Handler {
  return handle(removeRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, { key }, tx) {
      const { crn } = call.input.params;
      ownerOf(call.principal, crn);
      const row = await findRegistration(tx, key.id, crn);
      if (!row) throw new RootwardError('REGISTRATION_NOT_FOUND');
      const output = await showRegistration(tx, row, key, call.principal);
      await deleteRegistration(tx, key.id, crn);
      return {
        output,
        status: prefersRepresentation(call.input.headers.prefer) ? 200 : 204,
        audit: {
          requestData: auditedRequest(key),
          responseData: { ...auditedKey(key, call.now), resourceCRN: crn, keyVersionId: row.key_version_id },
        },
      };
    },
  });
}
