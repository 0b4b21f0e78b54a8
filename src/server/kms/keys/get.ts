import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';

/** A key with the material of a standard key. Root-key material never leaves the service; a deleted key shows none either. */
export function getKeyHandler(deps: KmsDeps): Handler {
  return handle(getKey, {
    resolve: (call) => deps.resolver.key(call),
    allow(call, { key }, before) {
      // What was read of it must not leave once the deletion of the key was acknowledged.
      if (before && hasPayload(before.key, call.now) && !hasPayload(key, call.now)) throw new RootwardError('KEY_DELETED');
    },
    async run(call, { instance, key }) {
      const shown = await describeKey(deps.store.db, instance, key, call.now, deps.lifecycle);
      if (hasPayload(key, call.now)) {
        using material = await deps.material.readStandardKey(instance, key.id, key.current_version_id);
        call.mustBeCurrent();
        shown.payload = material.use((bytes) => bytes.toString('base64'));
      }
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        audit: { requestData: auditedRequest(key), responseData: auditedKey(key, call.now) },
      };
    },
  });
}

function hasPayload(key: KeyRow, now: number): boolean {
  return key.extractable === 1 && effectiveState(key, now) !== KEY_STATE.destroyed;
}
