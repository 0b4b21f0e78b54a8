import { getServiceId } from '../../../contract/service-ids/get.ts';
import { type Handler, handle } from '../../handler.ts';
import { withActivity } from '../activity/present.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveServiceId } from './find.ts';
import { presentServiceId } from './present.ts';

export function getServiceIdHandler(deps: IamDeps): Handler {
  return handle(getServiceId, {
    resolve: (call) => resolveServiceId(deps.store.db, call.principal.accountId, call.input.params.id),
    run: ({ input }, row) => ({
      output: withActivity(presentServiceId(row), row, input.query.include_activity),
      headers: { ETag: row.entity_tag },
    }),
  });
}
