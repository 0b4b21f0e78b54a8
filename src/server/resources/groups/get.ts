import { getGroup } from '../../../contract/groups/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentGroup } from './present.ts';
import { resolveGroup } from './resolve.ts';

export function getGroupHandler(deps: ResourceDeps): Handler {
  return handle(getGroup, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    run: (_call, row) => ({ output: presentGroup(row) }),
  });
}
