import { getInstance } from '../../../contract/instances/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { resolveInstance } from './find.ts';
import { presentInstance } from './present.ts';

/** Shows an instance; a removed one says so in `state`, which is what clients wait for after a deletion. */
export function getInstanceHandler(deps: ResourceDeps): Handler {
  return handle(getInstance, {
    resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
    run: (_call, row) => ({ output: presentInstance(row, deps.origin()) }),
  });
}
