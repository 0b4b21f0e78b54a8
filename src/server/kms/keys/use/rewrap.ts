import { rewrapDek } from '../../../../contract/keys/use/rewrap.ts';
import { parseCiphertext, unwrapDek, wrapDek } from '../../../../crypto/wrap-ciphertext.ts';
import { type Handler, handle } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { allowAction } from '../allow-action.ts';
import { auditedKey } from '../audited-key.ts';
import { encryptionDomainOf, textsOf } from './encryption-domain.ts';

/** Wraps a DEK anew under the newest version, without showing it; also where it was wrapped under the newest already. */
export function rewrapHandler(deps: KmsDeps): Handler {
  return handle(rewrapDek, {
    resolve: (call) => deps.resolver.key(call),
    allow: (call, { key }) => allowAction('rewrap', key, call.now),
    async run(call, { instance, key }) {
      const parsed = parseCiphertext(call.input.body.ciphertext);
      const aad = textsOf(call.input.body.aad);
      const domain = encryptionDomainOf(call.principal);
      const used = await deps.material.openVersion(instance, key.id, parsed.handle);
      const newest = await deps.material.openVersion(instance, key.id, key.current_version_id, 'ROW_INTEGRITY');
      call.mustBeCurrent();
      using dek = unwrapDek(used, parsed, aad, domain);
      const ciphertext = dek.use((bytes) => wrapDek(newest, bytes, aad, domain));
      return {
        output: { ciphertext, keyVersion: { id: used.id }, rewrappedKeyVersion: { id: newest.id } },
        audit: {
          responseData: { ...auditedKey(key, call.now), keyVersionId: used.id, rewrappedKeyVersionId: newest.id },
        },
      };
    },
  });
}
