import { lockServiceId } from '../../../contract/service-ids/lock.ts';
import { unlockServiceId } from '../../../contract/service-ids/unlock.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentServiceId, serviceIdFacts, writeServiceId } from './current.ts';
import { resolveServiceId } from './find.ts';

/** Locking and unlocking. What is so already stays so, and keeps its entity tag. */
export function setLockHandlers(deps: IamDeps): Handler[] {
  const setting = (operation: typeof lockServiceId, locked: 0 | 1): Handler =>
    handle(operation, {
      resolve: (call) => resolveServiceId(deps.store.db, call.principal.accountId, call.input.params.id),
      async change(call, found, tx) {
        const row = await currentServiceId(tx, found);
        if (row.locked !== locked) await writeServiceId(tx, deps, row, { locked }, call.now);
        return { output: undefined, audit: serviceIdFacts(row) };
      },
    });
  return [setting(lockServiceId, 1), setting(unlockServiceId as unknown as typeof lockServiceId, 0)];
}
