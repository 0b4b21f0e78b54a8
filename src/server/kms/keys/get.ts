import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentKey } from './present.ts';

/** A key with the material of a standard key. Root-key material never leaves the service; a deleted key shows none either. */
export function getKeyHandler(deps: KmsDeps): Handler {
  return handle(getKey, {
    resolve: (call) => deps.resolver.key(call),
    async run(call, { instance, key }) {
      const shown = presentKey(instance, key, call.now, deps.lifecycle);
      const isReadable = key.extractable === 1 && effectiveState(key, call.now) !== KEY_STATE.destroyed;
      if (isReadable) {
        using material = await deps.material.readStandardKey(instance, key.id, key.current_version_id);
        shown.payload = material.use((bytes) => bytes.toString('base64'));
      }
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        audit: { responseData: { keyId: key.id, keyState: shown.state } },
      };
    },
  });
}
