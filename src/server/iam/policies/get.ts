import { getPolicy } from '../../../contract/policies/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolvePolicy } from './find.ts';
import { presentPolicy } from './present.ts';

export function getPolicyHandler(deps: IamDeps): Handler {
  return handle(getPolicy, {
    resolve: (call) => resolvePolicy(deps, call.principal, 'iam.policy.read', call.input.params.id),
    run: (_call, { row, document }) => ({
      output: presentPolicy(row, deps.origin(), document),
      headers: { ETag: row.etag },
    }),
  });
}
