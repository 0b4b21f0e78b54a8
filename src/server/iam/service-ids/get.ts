import { getServiceId } from '../../../contract/service-ids/get.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveServiceId } from './find.ts';
import { presentServiceId } from './present.ts';

export function getServiceIdHandler(deps: IamDeps): Handler {
  return handle(getServiceId, {
    resolve: (call) => resolveServiceId(deps.store.db, call.principal.accountId, call.input.params.id),
    run: (_call, row) => ({ output: presentServiceId(row), headers: { ETag: row.entity_tag } }),
  });
}
