import { getAccessGroup } from '../../../contract/access-groups/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveGroup } from './find.ts';
import { presentGroup } from './present.ts';

export function getAccessGroupHandler(deps: IamDeps): Handler {
  return handle(getAccessGroup, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    run: ({ input }, row) => ({
      output: presentGroup(row, deps.origin(), input.query),
      headers: { ETag: row.entity_tag },
    }),
  });
}
