import { RootwardError } from '../../../contract/errors.ts';
import { listGroups } from '../../../contract/groups/list.ts';
import { listGroups as readGroups } from '../../../store/iam/groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentGroup } from './present.ts';

export function listGroupsHandler(deps: ResourceDeps): Handler {
  return handle(listGroups, {
    resolve(call) {
      const { accountId } = call.principal;
      const named = call.input.query.account_id;
      if (named !== undefined && named !== '' && named !== accountId) throw new RootwardError('ACCOUNT_MISMATCH');
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'resource-group' }, record: accountId };
    },
    async run(call, accountId) {
      const { name, default: wantsDefault } = call.input.query;
      const rows = await readGroups(deps.store.db, accountId);
      const resources = rows
        .filter((row) => name === undefined || row.name === name)
        .filter((row) => wantsDefault === undefined || (row.is_default !== 0) === wantsDefault)
        .map(presentGroup);
      return { output: { resources } };
    },
  });
}
