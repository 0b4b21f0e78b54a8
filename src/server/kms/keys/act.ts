import { RootwardError } from '../../../contract/errors.ts';
import { actOnKey } from '../../../contract/keys/act.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** What is left of the older address of actions: those that name none, or one that does not exist. */
export function actOnKeyHandler(deps: KmsDeps): Handler {
  return handle(actOnKey, {
    resolve: (call) => deps.resolver.key(call),
    run() {
      const names = Object.keys(actOnKey.http.chosenBy?.operations ?? {}).join(', ');
      throw new RootwardError('INVALID_QUERY', {
        message: `Query parameter action must be one of ${names}.`,
        target: { type: 'query_param', name: 'action' },
      });
    },
  });
}
