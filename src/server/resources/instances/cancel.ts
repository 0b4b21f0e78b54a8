import { RootwardError } from '../../../contract/errors.ts';
import { cancelLastOperation } from '../../../contract/instances/cancel.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { resolveInstance } from './find.ts';

export function cancelLastOperationHandler(deps: ResourceDeps): Handler {
  return handle(cancelLastOperation, {
    resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
    run() {
      throw new RootwardError('OPERATION_ENDED');
    },
  });
}
