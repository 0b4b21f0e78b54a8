import { updateApiKey } from '../../../contract/api-keys/update.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { checkExpiry, refusePromises } from './check-fields.ts';
import { currentKey, keyFacts, refuseLockedKey, writeKey } from './current-key.ts';
import { resolvedKey } from './find.ts';
import { presentApiKey } from './present.ts';

export function updateApiKeyHandler(deps: IamDeps): Handler {
  return handle(updateApiKey, {
    async resolve(call) {
      const { accountId } = call.principal;
      refusePromises(call.input.body);
      if (call.input.body.expires_at !== '') checkExpiry(call.input.body.expires_at, call.now, 'expires_at');
      return resolvedKey(await findApiKey(deps.store.db, accountId, call.input.params.id), accountId);
    },
    async change({ input, now }, found, tx) {
      const { name, description, expires_at } = input.body;
      const row = await currentKey(tx, found);
      refuseLockedKey(row);
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      const changed = await writeKey(
        tx,
        deps,
        row,
        {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description: description === '' ? null : description }),
          ...(expires_at !== undefined && {
            expires_at: expires_at === '' ? null : (checkExpiry(expires_at, now, 'expires_at') ?? null),
          }),
        },
        now,
      );
      const output = presentApiKey(changed, now);
      return { output, headers: { ETag: changed.entity_tag }, audit: keyFacts(changed, 'update') };
    },
  });
}
