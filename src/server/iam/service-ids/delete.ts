import { RootwardError } from '../../../contract/errors.ts';
import { deleteServiceId } from '../../../contract/service-ids/delete.ts';
import { deleteApiKeysOf } from '../../../store/iam/api-keys.ts';
import { deletePoliciesOf } from '../../../store/iam/policies.ts';
import { deleteServiceId as removeServiceId } from '../../../store/iam/service-ids.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveServiceId } from './find.ts';

/** Removes the identity with all that hangs on it: a later service ID never inherits its keys or policies. */
export function deleteServiceIdHandler(deps: IamDeps): Handler {
  return handle(deleteServiceId, {
    resolve: (call) => resolveServiceId(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(_call, row, tx) {
      if (!(await removeServiceId(tx, row.account_id, row.id))) throw new RootwardError('IAM_NOT_FOUND');
      await deleteApiKeysOf(tx, row.account_id, row.iam_id);
      await deletePoliciesOf(tx, row.account_id, row.iam_id);
      return { output: undefined, audit: { responseData: { serviceId: row.id, serviceIdName: row.name } } };
    },
  });
}
