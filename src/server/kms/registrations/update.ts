import { RootwardError } from '../../../contract/errors.ts';
import { updateRegistration } from '../../../contract/registrations/update.ts';
import { findRegistration, saveRegistration } from '../../../store/kms/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { onlyResource } from '../only-resource.ts';
import { ownerOf } from './owner.ts';
import { showRegistration } from './present.ts';
import { registeredVersion, registrableKey } from './registrable.ts';

/** Changes the given fields of a registration; a service does so when it has moved its DEKs to a newer key version. */
export function updateRegistrationHandler(deps: KmsDeps): Handler {
  return handle(updateRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const { crn } = call.input.params;
      const owner = ownerOf(call.principal, crn);
      const key = await registrableKey(deps, tx, resolved, call.now);
      const before = await findRegistration(tx, key.id, crn);
      if (before?.active !== 1) throw new RootwardError('REGISTRATION_NOT_FOUND');
      const wanted = onlyResource(call.input.body);
      const row = {
        ...before,
        description: wanted.description ?? before.description,
        metadata: wanted.registrationMetadata ?? before.metadata,
        prevent_deletion: wanted.preventKeyDeletion === undefined ? before.prevent_deletion : Number(wanted.preventKeyDeletion),
        key_version_id:
          wanted.keyVersionId === undefined
            ? before.key_version_id
            : await registeredVersion(tx, key, wanted.keyVersionId, before),
        updated_at: call.now,
        updated_by: owner.iamId,
      };
      await saveRegistration(tx, row);
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
