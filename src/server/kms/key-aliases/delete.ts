import { RootwardError } from '../../../contract/errors.ts';
import { deleteKeyAlias } from '../../../contract/key-aliases/delete.ts';
import { deleteAlias } from '../../../store/kms/key-aliases.ts';
import { type Handler, handle } from '../../handler.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Takes an alias away from its key; another key may have it at once. */
export function deleteKeyAliasHandler(deps: KmsDeps): Handler {
  return handle(deleteKeyAlias, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'change aliases', resolved, call.now);
      if (!(await deleteAlias(tx, key.id, call.input.params.alias))) throw new RootwardError('KEY_ALIAS_NOT_FOUND');
      await deps.keyRows.change(tx, key, { updated_at: call.now });
      return { output: undefined, audit: { requestData: auditedRequest(key), responseData: auditedKey(key, call.now) } };
    },
  });
}
