import { RootwardError } from '../../../contract/errors.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { importedMaterial, type MaterialOrder } from '../import-tokens/imported-material.ts';
import { allowMaterial } from '../instance-policies/allow-creation.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { addKeyVersion } from './add-version.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';
import { keyForChange } from './change-key.ts';
import type { ResolvedKey } from './resolve-key.ts';

/** Gives a root key a new version. Old versions stay and unwrap for ever. The first rotation is allowed at once, later ones have a shortest interval. */
export function rotateKeyHandler(deps: KmsDeps): Handler {
  return handle(rotateKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'rotate', resolved, call.now);
      refuseTooSoon(key, call.now, deps.lifecycle.rotateIntervalSeconds);
      using imported = await newMaterial(deps, tx, { ...resolved, key }, call.input.body ?? {}, call.now);
      const { now, correlationId } = call;
      const versionId = await addKeyVersion(deps, tx, { instance: resolved.instance, key, imported, now, correlationId });
      return {
        output: undefined,
        audit: {
          requestData: auditedRequest(key),
          responseData: { ...auditedKey(key, now), keyVersionId: versionId, keyVersionCreationDate: formatInstant(now) },
        },
        after: deps.announceEvents,
      };
    },
  });
}

function refuseTooSoon(key: KeyRow, now: number, intervalSeconds: number): void {
  if (key.rotated_at === null) return;
  const allowedFrom = key.rotated_at + intervalSeconds * 1000;
  if (now >= allowedFrom) return;
  throw new RootwardError('KEY_ROTATED_TOO_SOON', {
    message: `The key was rotated at ${formatInstant(key.rotated_at)} and can be rotated again from ${formatInstant(allowedFrom)}.`,
    retryAfterSeconds: Math.ceil((allowedFrom - now) / 1000),
  });
}

/** An imported key is rotated with material from outside, a generated one never; an empty payload is none. */
async function newMaterial(
  deps: KmsDeps,
  tx: Tx,
  { instance, key }: ResolvedKey,
  given: Omit<MaterialOrder, 'extractable'>,
  now: number,
): Promise<SecretBytes | undefined> {
  const payload = given.payload || undefined;
  if (key.imported === 0 && payload !== undefined)
    throw new RootwardError('INVALID_QUERY', {
      message: 'A generated key is rotated without payload.',
      target: { type: 'query_param', name: 'payload' },
    });
  if (key.imported === 1 && payload === undefined) throw new RootwardError('KEY_PAYLOAD_REQUIRED');
  if (payload !== undefined) await allowMaterial(tx, instance, given.encryptedNonce !== undefined);
  return importedMaterial(deps, tx, instance, { ...given, payload, extractable: false }, now);
}
