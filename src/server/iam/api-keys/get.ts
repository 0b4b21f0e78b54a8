import { getApiKey } from '../../../contract/api-keys/get.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { withActivity } from '../activity/present.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolvedKey } from './find.ts';
import { presentApiKey } from './present.ts';

export function getApiKeyHandler(deps: IamDeps): Handler {
  return handle(getApiKey, {
    async resolve(call) {
      const { accountId } = call.principal;
      return resolvedKey(await findApiKey(deps.store.db, accountId, call.input.params.id), accountId);
    },
    run: ({ now, input }, row) => ({
      output: withActivity(presentApiKey(row, now), row, input.query.include_activity),
      headers: { ETag: row.entity_tag },
    }),
  });
}
