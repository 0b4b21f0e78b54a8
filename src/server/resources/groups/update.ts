import { GROUP_NAME_LENGTH } from '../../../contract/groups/group.ts';
import { updateGroup } from '../../../contract/groups/update.ts';
import { findGroup, renameGroup } from '../../../store/iam/groups.ts';
import { type Handler, handle } from '../../handler.ts';
import { checkName } from '../name-field.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { refuseTakenName } from './name-taken.ts';
import { presentGroup } from './present.ts';
import { resolveGroup, unknownGroup } from './resolve.ts';

export function updateGroupHandler(deps: ResourceDeps): Handler {
  return handle(updateGroup, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, { account_id, id }, tx) {
      const before = await findGroup(tx, account_id, id);
      if (!before) throw unknownGroup();
      const given = call.input.body.name;
      const name = given === undefined ? before.name : checkName(given, GROUP_NAME_LENGTH);
      await refuseTakenName(tx, account_id, name, id);
      await renameGroup(tx, id, { name, at: call.now });
      const requestData = { resourceGroupId: id, initialValue: { resourceName: before.name }, newValue: { resourceName: name } };
      return { output: presentGroup({ ...before, name, updated_at: call.now }), audit: { requestData } };
    },
  });
}
