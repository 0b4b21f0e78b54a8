import { updateAccessGroup } from '../../../contract/access-groups/update.ts';
import { updateAccessGroup as writeGroup } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import { nextTag, refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseTakenName } from './create.ts';
import { currentGroup, groupFacts, resolveGroup } from './find.ts';
import { presentGroup } from './present.ts';

export function updateAccessGroupHandler(deps: IamDeps): Handler {
  return handle(updateAccessGroup, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input, principal, now }, found, tx) {
      const { name, description } = input.body;
      const row = await currentGroup(tx, found);
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      if (name !== undefined) await refuseTakenName(tx, row.account_id, name, row.id);
      const changed = {
        ...row,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description: description || null }),
        entity_tag: nextTag(deps, row.entity_tag),
        modified_at: now,
        modified_by: principal.iamId,
      };
      await writeGroup(tx, changed);
      return { output: presentGroup(changed, deps.origin()), headers: { ETag: changed.entity_tag }, audit: groupFacts(changed) };
    },
  });
}
