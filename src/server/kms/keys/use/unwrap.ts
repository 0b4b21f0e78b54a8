import { unwrapDek as unwrapOperation } from '../../../../contract/keys/use/unwrap.ts';
import {
  type ParsedCiphertext,
  parseCiphertext,
  unwrapDek,
  type VersionKey,
  wrapDek,
} from '../../../../crypto/wrap-ciphertext.ts';
import { type Handler, handle, type Outcome } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { allowAction } from '../allow-action.ts';
import { auditedUse } from '../audited-key.ts';
import { encryptionDomainOf, textsOf } from './encryption-domain.ts';

interface Unwrapped {
  plaintext: string;
  keyVersion: { id: string };
  ciphertext?: string;
  rewrappedKeyVersion?: { id: string };
}

/**
 * Unwraps a DEK with the version that wrapped it. If that is not the newest one, the answer also carries the DEK wrapped anew, by an
 * expired key too: it seals nothing new, and its clients may still move to the newest version.
 */
export function unwrapHandler(deps: KmsDeps): Handler {
  return handle(unwrapOperation, {
    resolve: (call) => deps.resolver.key(call),
    allow: (call, { key }) => allowAction('unwrap', key, call.now),
    run(call, { instance, key }) {
      const parsed = parseCiphertext(call.input.body.ciphertext);
      const aad = textsOf(call.input.body.aad);
      const domain = encryptionDomainOf(call.principal);
      const used = deps.material.openVersion(instance, key.id, parsed.handle);
      const shown = auditedUse(key, call.now, parsed.handle);
      const isNewest = parsed.handle === key.current_version_id;
      if (isNewest && !(used instanceof Promise)) return answer(parsed, used, undefined, aad, domain, shown);
      return (async () => {
        const version = await used;
        const newest = isNewest
          ? undefined
          : await deps.material.openVersion(instance, key.id, key.current_version_id, 'ROW_INTEGRITY');
        call.mustBeCurrent();
        return answer(parsed, version, newest, aad, domain, shown);
      })();
    },
  });
}

function answer(
  parsed: ParsedCiphertext,
  used: VersionKey,
  newest: VersionKey | undefined,
  aad: readonly string[],
  domain: string | undefined,
  shown: ReturnType<typeof auditedUse>,
): Outcome<Unwrapped> {
  using dek = unwrapDek(used, parsed, aad, domain);
  const output = dek.use(
    (bytes): Unwrapped => ({
      plaintext: bytes.toString('base64'),
      keyVersion: { id: used.id },
      ...(newest && { ciphertext: wrapDek(newest, bytes, aad, domain), rewrappedKeyVersion: { id: newest.id } }),
    }),
  );
  const responseData = newest ? { ...shown, rewrappedKeyVersionId: newest.id } : shown;
  return { output, audit: { responseData } };
}
