import { updateServiceId } from '../../../contract/service-ids/update.ts';
import { type Handler, handle } from '../../handler.ts';
import { refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentServiceId, refuseLockedServiceId, serviceIdFacts, writeServiceId } from './current.ts';
import { resolveServiceId } from './find.ts';
import { presentServiceId } from './present.ts';
import { refuseForeignInstances, refuseUnknownInstances } from './unique-instances.ts';

export function updateServiceIdHandler(deps: IamDeps): Handler {
  return handle(updateServiceId, {
    async resolve(call) {
      const { principal, input } = call;
      const { accountId } = principal;
      const found = await resolveServiceId(deps.store.db, accountId, input.params.id);
      const crns = input.body.unique_instance_crns;
      if (found.missing || crns === undefined) return found;
      const missing =
        (await refuseUnknownInstances(deps.store.db, accountId, crns)) ??
        (await refuseForeignInstances(deps, principal, accountId, crns));
      return missing ? { target: found.target, missing } : found;
    },
    async change({ input, now }, found, tx) {
      const { name, description, unique_instance_crns: crns } = input.body;
      const row = await currentServiceId(tx, found);
      refuseLockedServiceId(row);
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      const changes = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description: description === '' ? null : description }),
        ...(crns !== undefined && { unique_instance_crns: JSON.stringify(crns) }),
      };
      const changed = await writeServiceId(tx, deps, row, changes, now);
      return { output: presentServiceId(changed), headers: { ETag: changed.entity_tag }, audit: serviceIdFacts(changed, crns) };
    },
  });
}
