import { lockInstance, unlockInstance } from '../../../contract/instances/lock.ts';
import { updateInstance } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { activeInstance } from './current.ts';
import { resolveInstance } from './find.ts';
import { presentInstance } from './present.ts';

/** Locks or unlocks an instance; one that is so already stays as it is. */
function locking(deps: ResourceDeps, operation: typeof lockInstance, locked: 0 | 1): Handler {
  return handle(operation, {
    resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, found, tx) {
      const before = await activeInstance(tx, found);
      const changes = { locked, updated_at: call.now, updated_by: call.principal.iamId, last_operation: 'update' } as const;
      await updateInstance(tx, before.guid, changes);
      const requestData = { instanceID: before.guid, resourceName: before.name };
      return { output: presentInstance({ ...before, ...changes }, deps.origin()), audit: { requestData } };
    },
  });
}

export const lockInstanceHandler = (deps: ResourceDeps): Handler => locking(deps, lockInstance, 1);
export const unlockInstanceHandler = (deps: ResourceDeps): Handler => locking(deps, unlockInstance, 0);
