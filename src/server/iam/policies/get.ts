import { getPolicy } from '../../../contract/policies/get.ts';
import { getPolicyV2 } from '../../../contract/policies/get-v2.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolvePolicy } from './find.ts';
import { presentV1, presentV2 } from './wire/present.ts';

/** Deleted policies are shown as such: whoever restores one needs its revision. */
const SHOWN: readonly PolicyRow['state'][] = ['active', 'deleted'];

export function getPolicyHandler(deps: IamDeps): Handler {
  return handle(getPolicy, {
    resolve: (call) => resolvePolicy(deps, call.principal, 'iam.policy.read', call.input.params.id, SHOWN),
    run: (call, { row, document }) => ({
      output: presentV1(row, { origin: deps.origin(), format: call.input.query.format }, document),
      headers: { ETag: row.etag },
    }),
  });
}

export function getPolicyV2Handler(deps: IamDeps): Handler {
  return handle(getPolicyV2, {
    resolve: (call) => resolvePolicy(deps, call.principal, 'iam.policy.read', call.input.params.id, SHOWN),
    run: (call, { row, document }) => ({
      output: presentV2(row, { origin: deps.origin(), format: call.input.query.format }, document),
      headers: { ETag: row.etag },
    }),
  });
}
