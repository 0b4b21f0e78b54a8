import { createRegistration } from '../../../contract/registrations/create.ts';
import { findRegistration } from '../../../store/kms/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { ownerOf } from './owner.ts';
import { showRegistration } from './present.ts';
import { registrableKey } from './registrable.ts';
import { writeRegistration } from './whole-registration.ts';

/** Records that a root key protects a resource. */
export function createRegistrationHandler(deps: KmsDeps): Handler {
  return handle(createRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const { crn } = call.input.params;
      const owner = ownerOf(call.principal, crn);
      const key = await registrableKey(deps, tx, resolved, call.now);
      const before = await findRegistration(tx, key.id, crn);
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
