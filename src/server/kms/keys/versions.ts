import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { countKeyVersions, listKeyVersions as readVersions } from '../../../store/kms/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';

const VERSION_TYPE = 'application/vnd.ibm.kms.key.version+json';
const DEFAULT_PAGE = 200;

/** Versions of a root key, newest first. Of a key that is not active only with `allKeyStates`. */
export function listKeyVersionsHandler(deps: KmsDeps): Handler {
  return handle(listKeyVersions, {
    resolve: (call) => deps.resolver.key(call),
    async run(call, { key }) {
      if (key.extractable === 1) throw new RootwardError('KEY_ROOT_REQUIRED');
      const { limit = DEFAULT_PAGE, offset = 0, totalCount = false, allKeyStates = false } = call.input.query;
      const state = effectiveState(key, call.now);
      if (!allKeyStates && state === KEY_STATE.destroyed) throw new RootwardError('KEY_DELETED');
      if (!allKeyStates && state !== KEY_STATE.active)
        throw new RootwardError('KEY_STATE', {
          message: 'Versions of a key that is not Active are listed with allKeyStates=true.',
        });
      const rows = await readVersions(deps.store.db, key.id, { limit, offset });
      const total = totalCount ? { totalCount: await countKeyVersions(deps.store.db, key.id) } : {};
      return {
        output: {
          metadata: { collectionType: VERSION_TYPE, collectionTotal: rows.length, ...total },
          resources: rows.map((row) => ({ id: row.id, creationDate: formatInstant(row.created_at) })),
        },
        audit: { requestData: auditedRequest(key), responseData: { ...auditedKey(key, call.now), totalResources: rows.length } },
      };
    },
  });
}
