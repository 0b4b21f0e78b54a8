import { RootwardError } from '../../../contract/errors.ts';
import { updateRegistration } from '../../../contract/registrations/update.ts';
import { findRegistration, saveRegistration } from '../../../store/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { onlyResource } from '../only-resource.ts';
import { registeredVersion } from './create.ts';
import { ownerOf } from './owner.ts';
import { presentRegistration, REGISTRATION_TYPE } from './present.ts';

/** Changes the given fields of a registration; a service does so when it has moved its DEKs to a newer key version. */
export function updateRegistrationHandler(deps: KmsDeps): Handler {
  return handle(updateRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, { key }, tx) {
      const { crn } = call.input.params;
      const owner = ownerOf(call.principal, crn);
      const wanted = onlyResource(call.input.body);
      const before = await findRegistration(tx, key.id, crn);
      if (before?.active !== 1) throw new RootwardError('REGISTRATION_NOT_FOUND');
      const row = {
        ...before,
        description: wanted.description ?? before.description,
        metadata: wanted.registrationMetadata ?? before.metadata,
        prevent_deletion: wanted.preventKeyDeletion === undefined ? before.prevent_deletion : Number(wanted.preventKeyDeletion),
        key_version_id:
          wanted.keyVersionId === undefined
            ? before.key_version_id
            : await registeredVersion(tx, key, wanted.keyVersionId, call.now),
        updated_at: call.now,
        updated_by: owner.iamId,
      };
      await saveRegistration(tx, row);
      return {
        output: {
          metadata: { collectionType: REGISTRATION_TYPE, collectionTotal: 1 },
          resources: [await presentRegistration(tx, row)],
        },
        audit: { responseData: { keyId: key.id, resourceCRN: crn, keyVersionId: row.key_version_id } },
      };
    },
  });
}
