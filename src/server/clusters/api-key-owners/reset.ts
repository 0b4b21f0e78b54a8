import { resetApiKeyOwner } from '../../../contract/api-key-owners/reset.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { OwnerPlace } from '../../../store/clusters/api-key-owners.ts';
import { type Handler, handle } from '../../handler.ts';
import { clusterServiceTarget } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { checkAccount, findGroupOf, GROUP_UNKNOWN } from '../resolve-cluster.ts';
import { becomeOwner, canOwnApiKey } from './become-owner.ts';
import { presentOwner, readIdentity } from './read-owner.ts';

/** Makes the caller the owner of a region and resource group; all clusters there act with the caller's rights from now on. */
export function resetApiKeyOwnerHandler(deps: ClusterDeps): Handler {
  return handle(resetApiKeyOwner, {
    async resolve(call) {
      const { principal, input } = call;
      checkAccount(input.headers, principal);
      const { accountId } = principal;
      const region = input.headers['x-region'];
      const group = await findGroupOf(deps.store.db, accountId, input.headers['x-auth-resource-group']);
      const target = { ...clusterServiceTarget(accountId), region };
      if (!group) return { target, missing: new RootwardError('RESOURCE_NOT_FOUND', { message: GROUP_UNKNOWN }) };
      const inGroup = { ...target, resourceGroupId: group.id };
      if (!canOwnApiKey(principal)) return { target: inGroup, missing: ownsNothing() };
      return { target: inGroup, record: { accountId, region, resourceGroupId: group.id } satisfies OwnerPlace };
    },
    // Whoever is enabling a root key meanwhile asks the new owner.
    topics: ['iam'],
    async change(call, place, tx) {
      const { principal, now } = call;
      const { keyId, before } = await becomeOwner(tx, deps, place, { principal, now });
      const { region, resourceGroupId } = place;
      return {
        output: presentOwner(await readIdentity(tx, place.accountId, principal.iamId)),
        audit: {
          requestData: { region, resourceGroupId, initialValue: before?.iam_id ?? '', newValue: principal.iamId },
          responseData: { keyId },
        },
      };
    },
  });
}

function ownsNothing(): RootwardError {
  return new RootwardError('ACTION_DENIED', {
    message: 'A trusted profile cannot own an API key.',
    hint: 'Log in as a user or a service ID, and try again.',
  });
}
