import { RootwardError } from '../../../contract/errors.ts';
import { KMIP_OPERATIONS } from '../../../contract/kmip/operations.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Says to everybody who may manage KMIP adapters that there are none; to everybody else what they would hear of any instance. */
export function kmipHandlers(deps: KmsDeps): Handler[] {
  return KMIP_OPERATIONS.map((operation) =>
    handle(operation, {
      resolve: (call) => deps.resolver.instance(call),
      run() {
        throw new RootwardError('NOT_SUPPORTED', {
          message: 'KMIP is not supported: this server has no KMIP adapters.',
          hint: 'Keys are used through wrap and unwrap.',
        });
      },
    }),
  );
}
