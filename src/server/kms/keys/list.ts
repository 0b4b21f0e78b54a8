import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { listKeys } from '../../../contract/keys/list.ts';
import { type KeyRow, listKeys as readKeys } from '../../../store/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentKey } from './present.ts';

const LIVE: readonly KeyRow['state'][] = [0, 1, 2, 3];
const DEFAULT_PAGE = 200;

/** A page of keys; deleted ones only when state 5 is asked for. */
export function listKeysHandler(deps: KmsDeps): Handler {
  return handle(listKeys, {
    resolve: (call) => deps.resolver.instance(call.principal, call.input.headers),
    async run(call, instance) {
      const { state, extractable, limit = DEFAULT_PAGE, offset = 0 } = call.input.query;
      const states = state === undefined ? LIVE : (state.split(',').map(Number) as KeyRow['state'][]);
      const rows = await readKeys(
        deps.store.db,
        { instanceId: instance.guid, states, extractable, now: call.now },
        { limit, offset },
      );
      const resources = rows.map((row) => presentKey(instance, row, call.now, deps.lifecycle));
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: resources.length }, resources },
        audit: { responseData: { totalResources: resources.length } },
      };
    },
  });
}
