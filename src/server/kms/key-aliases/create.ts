import { ALIAS_TYPE } from '../../../contract/key-aliases/alias.ts';
import { createKeyAlias } from '../../../contract/key-aliases/create.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { addAliases } from './add-aliases.ts';

/** Gives a key one more alias. From its acknowledgement on, every operation finds the key by it. */
export function createKeyAliasHandler(deps: KmsDeps): Handler {
  return handle(createKeyAlias, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'change aliases', resolved, call.now);
      const by = call.principal.iamId;
      const added = await addAliases(deps, tx, key, [call.input.params.alias], { by, now: call.now });
      await deps.keyRows.change(tx, key, { updated_at: call.now });
      const resources = added.map(({ alias }) => ({
        keyId: key.id,
        alias,
        createdBy: by,
        creationDate: formatInstant(call.now),
      }));
      return {
        output: { metadata: { collectionType: ALIAS_TYPE, collectionTotal: resources.length }, resources },
        audit: { requestData: auditedRequest(key), responseData: auditedKey(key, call.now) },
      };
    },
  });
}
