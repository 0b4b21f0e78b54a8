import { RootwardError } from '../../../contract/errors.ts';
import { createGroup } from '../../../contract/groups/create.ts';
import { GROUP_NAME_LENGTH } from '../../../contract/groups/group.ts';
import { insertGroup } from '../../../store/iam/groups.ts';
import { type Handler, handle } from '../../handler.ts';
import { checkName } from '../name-field.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { refuseTakenName } from './name-taken.ts';
import { groupCrn } from './present.ts';

export function createGroupHandler(deps: ResourceDeps): Handler {
  return handle(createGroup, {
    resolve(call) {
      const { accountId } = call.principal;
      const { name: given, account_id } = call.input.body;
      if (account_id !== undefined && account_id !== accountId) throw new RootwardError('ACCOUNT_MISMATCH');
      const name = checkName(given, GROUP_NAME_LENGTH);
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'resource-group', name }, record: name };
    },
    async change(call, name, tx) {
      const { accountId } = call.principal;
      await refuseTakenName(tx, accountId, name);
      const id = deps.newId().replaceAll('-', '');
      await insertGroup(tx, { id, account_id: accountId, name, is_default: 0, created_at: call.now, updated_at: call.now });
      const audit = { requestData: { resourceName: name }, responseData: { resourceGroupId: id } };
      return { output: { id, crn: groupCrn(accountId, id) }, audit };
    },
  });
}
