import { RootwardError } from '../../../contract/errors.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { deleteMembershipsOf } from '../../../store/iam/access-groups.ts';
import { deleteApiKeysOf, findLockedKeyOf } from '../../../store/iam/api-keys.ts';
import { deletePoliciesOf } from '../../../store/iam/policies.ts';
import { deleteServiceId as removeServiceId } from '../../../store/iam/service-ids.ts';
import { endSessionsOf } from '../../../store/iam/sessions.ts';
import { deleteProfileIdentitiesOf } from '../../../store/iam/trusted-profiles.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentServiceId, refuseLockedServiceId, serviceIdFacts } from './current.ts';
import { resolveServiceId } from './find.ts';

/** Removes the identity with all that hangs on it: a later one never inherits its keys, policies, groups or profiles. */
export function deleteServiceIdHandler(deps: IamDeps): Handler {
  return handle(deleteServiceId, {
    resolve: (call) => resolveServiceId(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, found, tx) {
      const row = await currentServiceId(tx, found);
      refuseLockedServiceId(row);
      const lockedKey = await findLockedKeyOf(tx, row.account_id, row.iam_id);
      if (lockedKey) {
        throw new RootwardError('ENTITY_LOCKED', {
          message: `The API key ${lockedKey.id} of this service ID is locked.`,
          hint: `Unlock it first: rootward iam api-key-unlock ${lockedKey.id}`,
        });
      }
      await removeServiceId(tx, row.account_id, row.id);
      await deleteApiKeysOf(tx, row.account_id, row.iam_id);
      await deletePoliciesOf(tx, row.account_id, row.iam_id);
      await deleteMembershipsOf(tx, row.account_id, row.iam_id);
      await deleteProfileIdentitiesOf(tx, row.account_id, row.iam_id);
      await endSessionsOf(tx, row.account_id, row.iam_id, call.now);
      return { output: undefined, audit: serviceIdFacts(row) };
    },
  });
}
