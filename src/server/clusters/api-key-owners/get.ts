import { getApiKeyOwner } from '../../../contract/api-key-owners/get.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findApiKeyOwner } from '../../../store/clusters/api-key-owners.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';
import { placeOf } from './place.ts';
import { presentOwner, readOwner } from './read-owner.ts';

/** Whose rights a cluster uses. */
export function getApiKeyOwnerHandler(deps: ClusterDeps): Handler {
  return handle(getApiKeyOwner, {
    resolve: (call) => resolveCluster(deps.store, call, call.input.params.cluster),
    async run(call, cluster) {
      const place = placeOf(cluster);
      const row = await findApiKeyOwner(deps.store.db, place);
      if (!row) {
        throw new RootwardError('API_KEY_OWNER_NONE', {
          message: `Nobody owns an API key of region ${place.region} and resource group ${place.resourceGroupId}.`,
          hint: 'Whoever enables a KMS provider for this cluster first becomes the owner.',
        });
      }
      return { output: presentOwner(await readOwner(deps.store.db, row, call.now)) };
    },
  });
}
