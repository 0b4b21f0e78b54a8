import { getPolicy } from '../../../contract/policies/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolvePolicy } from './find.ts';
import { presentPolicy } from './present.ts';

export function getPolicyHandler(deps: IamDeps): Handler {
  return handle(getPolicy, {
    resolve: (call) => resolvePolicy(deps.store.db, call.principal.accountId, call.input.params.id),
    run: (_call, { row, document }) => ({
      output: presentPolicy(row, deps.origin(), document),
      headers: { ETag: row.etag },
    }),
  });
}
