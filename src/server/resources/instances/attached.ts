import { RootwardError } from '../../../contract/errors.ts';
import { ATTACHED } from '../../../contract/instances/attached.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { resolveInstance } from './find.ts';

const nothing = () => ({ output: { rows_count: 0 as const, next_url: null, resources: [] } });

/** What other services have attached to their instances, and a KMS instance never has. */
export function attachedHandlers(deps: ResourceDeps): Handler[] {
  return ATTACHED.flatMap(({ list, listOf, create }) => [
    handle(list, {
      resolve: ({ principal: { accountId } }) => ({
        target: { serviceName: 'resource-controller', accountId, resourceType: 'instance' },
        record: accountId,
      }),
      run: nothing,
    }),
    handle(listOf, {
      resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
      run: nothing,
    }),
    handle(create, {
      resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.body.source),
      run() {
        throw new RootwardError('NOT_SUPPORTED', {
          message: 'A KMS instance has no credentials, bindings or aliases.',
          hint: 'Give a service ID or trusted profile an access policy on the instance instead.',
        });
      },
    }),
  ]);
}
