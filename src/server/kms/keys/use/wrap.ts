import { wrapDek as wrapOperation } from '../../../../contract/keys/use/wrap.ts';
import { SecretBytes } from '../../../../crypto/secret-bytes.ts';
import { type VersionKey, wrapDek } from '../../../../crypto/wrap-ciphertext.ts';
import { type Handler, handle, type Outcome } from '../../../handler.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { allowAction } from '../allow-action.ts';
import { auditedUse } from '../audited-key.ts';
import { encryptionDomainOf, textsOf } from './encryption-domain.ts';

const GENERATED_DEK_BYTES = 32;

interface Wrapped {
  plaintext?: string;
  ciphertext: string;
  keyVersion: { id: string };
}

/** Wraps the caller's DEK under the newest version of a root key, or generates one and returns both forms. */
export function wrapHandler(deps: KmsDeps): Handler {
  return handle(wrapOperation, {
    resolve: (call) => deps.resolver.key(call),
    allow: (call, { key }) => allowAction('wrap', key, call.now),
    run(call, { instance, key }) {
      const { plaintext, aad } = call.input.body ?? {};
      const finish = (version: VersionKey): Outcome<Wrapped> => {
        const domain = encryptionDomainOf(call.principal);
        const output: Wrapped = plaintext
          ? wrapGiven(version, plaintext, textsOf(aad), domain)
          : wrapGenerated(version, textsOf(aad), domain);
        return { output, audit: { responseData: auditedUse(key, call.now, version.id) } };
      };
      const version = deps.material.openVersion(instance, key.id, key.current_version_id, 'ROW_INTEGRITY');
      if (!(version instanceof Promise)) return finish(version);
      return version.then((opened) => {
        call.mustBeCurrent();
        return finish(opened);
      });
    },
  });
}

function wrapGiven(version: VersionKey, plaintext: string, aad: readonly string[], domain: string | undefined): Wrapped {
  const dek = Buffer.from(plaintext, 'base64');
  try {
    return { ciphertext: wrapDek(version, dek, aad, domain), keyVersion: { id: version.id } };
  } finally {
    dek.fill(0);
  }
}

function wrapGenerated(version: VersionKey, aad: readonly string[], domain: string | undefined): Wrapped {
  using dek = SecretBytes.random(GENERATED_DEK_BYTES);
  return dek.use((bytes) => ({
    plaintext: bytes.toString('base64'),
    ciphertext: wrapDek(version, bytes, aad, domain),
    keyVersion: { id: version.id },
  }));
}
