import { RootwardError } from '../../../contract/errors.ts';
import { getGroup } from '../../../contract/groups/get.ts';
import { findGroup } from '../../../store/iam/groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Target } from '../../target.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentGroup } from './present.ts';

export function getGroupHandler(deps: ResourceDeps): Handler {
  return handle(getGroup, {
    async resolve(call) {
      const { accountId } = call.principal;
      const { id } = call.input.params;
      const row = await findGroup(deps.store.db, accountId, id);
      const target: Target = { serviceName: 'resource-controller', accountId, resourceType: 'resource-group', resource: id };
      if (row) return { target: { ...target, name: row.name }, record: row };
      return { target, missing: new RootwardError('RESOURCE_NOT_FOUND', { message: 'The resource group does not exist.' }) };
    },
    run: (_call, row) => ({ output: presentGroup(row) }),
  });
}
