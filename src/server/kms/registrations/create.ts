import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { findKeyVersion, type KeyRow } from '../../../store/keys.ts';
import { findRegistration, type RegistrationRow, saveRegistration } from '../../../store/registrations.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { onlyResource } from '../only-resource.ts';
import { ownerOf } from './owner.ts';
import { presentRegistration, REGISTRATION_TYPE } from './present.ts';

/** Records that a root key protects a resource. The same registration again changes nothing but its fields, so a retry is harmless. */
export function createRegistrationHandler(deps: KmsDeps): Handler {
  return handle(createRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, { key }, tx) {
      const { crn } = call.input.params;
      const owner = ownerOf(call.principal, crn);
      const wanted = onlyResource(call.input.body);
      const versionId = await registeredVersion(tx, key, wanted.keyVersionId, call.now);
      const before = await findRegistration(tx, key.id, crn);
      const row: RegistrationRow = {
        key_id: key.id,
        resource_crn: crn,
        instance_id: key.instance_id,
        account_id: key.account_id,
        active: 1,
        description: wanted.description ?? null,
        metadata: wanted.registrationMetadata ?? null,
        prevent_deletion: wanted.preventKeyDeletion ? 1 : 0,
        key_version_id: versionId,
        created_at: before?.created_at ?? call.now,
        created_by: before?.created_by ?? owner.iamId,
        updated_at: before ? call.now : null,
        updated_by: before ? owner.iamId : null,
      };
      await saveRegistration(tx, row);
      return {
        output: {
          metadata: { collectionType: REGISTRATION_TYPE, collectionTotal: 1 },
          resources: [await presentRegistration(tx, row)],
        },
        audit: { responseData: { keyId: key.id, resourceCRN: crn, keyVersionId: versionId } },
      };
    },
  });
}

/** The version that a registration may name: the newest one unless another is asked for. Only an Active root key takes registrations. */
export async function registeredVersion(tx: Tx, key: KeyRow, asked: string | undefined, now: number): Promise<string> {
  if (key.extractable === 1) throw new RootwardError('KEY_ROOT_REQUIRED');
  if (effectiveState(key, now) !== KEY_STATE.active) throw new RootwardError('REGISTRATION_KEY_STATE');
  if (asked === undefined) return key.current_version_id;
  if (await findKeyVersion(tx, key.id, asked)) return asked;
  throw new RootwardError('INVALID_FIELD', {
    message: 'keyVersionId is not a version of this key.',
    target: { type: 'field', name: 'keyVersionId' },
  });
}
