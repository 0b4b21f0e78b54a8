import { RootwardError } from '../../../contract/errors.ts';
import { replaceRegistration } from '../../../contract/registrations/replace.ts';
import { findRegistration } from '../../../store/kms/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { ownerOf } from './owner.ts';
import { showRegistration } from './present.ts';
import { registrableKey } from './registrable.ts';
import { writeRegistration } from './whole-registration.ts';

/** Puts a whole new registration in the place of one that is on record. */
export function replaceRegistrationHandler(deps: KmsDeps): Handler {
  return handle(replaceRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const { crn } = call.input.params;
      const owner = ownerOf(call.principal, crn);
      const key = await registrableKey(deps, tx, resolved, call.now);
      const before = await findRegistration(tx, key.id, crn);
      if (before?.active !== 1) throw new RootwardError('REGISTRATION_NOT_FOUND');
      const row = await writeRegistration(tx, key, { crn, owner, body: call.input.body, before, now: call.now });
      return {
        output: await showRegistration(tx, row, key, call.principal),
        audit: {
          requestData: { ...auditedRequest(key), preventKeyDeletion: row.prevent_deletion === 1 },
          responseData: { ...auditedKey(key, call.now), resourceCRN: crn, keyVersionId: row.key_version_id },
        },
      };
    },
  });
}
