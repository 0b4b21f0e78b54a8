import { RootwardError } from '../../../contract/errors.ts';
import { listReclamations } from '../../../contract/reclamations/list.ts';
import type { Reclamation } from '../../../contract/reclamations/reclamation.ts';
import { findInstance } from '../../../store/instances.ts';
import { listScheduledReclamations } from '../../../store/reclamations.ts';
import { type Handler, handle } from '../../handler.ts';
import { targetOfInstance } from '../instances/present.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentReclamation } from './present.ts';

/** Deleted instances that can still be restored; each is shown only to who may do that. */
export function listReclamationsHandler(deps: ResourceDeps): Handler {
  return handle(listReclamations, {
    resolve(call) {
      const { accountId } = call.principal;
      const { account_id } = call.input.query;
      if (account_id !== undefined && account_id !== accountId) throw new RootwardError('ACCOUNT_MISMATCH');
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'reclamation' }, record: accountId };
    },
    async run({ principal, input: { query } }, accountId) {
      const filter = { accountId, instanceGuid: query.resource_instance_id, resourceGroupId: query.resource_group_id };
      const resources: Reclamation[] = [];
      for (const row of await listScheduledReclamations(deps.store.db, filter)) {
        const instance = await findInstance(deps.store.db, accountId, row.instance_guid);
        if (!instance) continue;
        const { allowed } = await deps.decide(principal, 'resource-controller.reclamation.list', targetOfInstance(instance));
        if (allowed) resources.push(presentReclamation(row, instance));
      }
      return { output: { resources } };
    },
  });
}
