import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { countKeyVersions, insertKeyVersion, type KeyRow, updateKey } from '../../../store/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { importedMaterial, type MaterialOrder } from '../import-tokens/imported-material.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { keyForChange } from './change-key.ts';
import type { ResolvedKey } from './resolve-key.ts';

/** Gives a root key a new version. Old versions stay and unwrap for ever. The first rotation is allowed at once, later ones have a shortest interval. */
export function rotateKeyHandler(deps: KmsDeps): Handler {
  return handle(rotateKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(tx, 'rotate', resolved, call.now);
      refuseTooSoon(key, call.now, deps.lifecycle.rotateIntervalSeconds);
      using imported = await newMaterial(deps, tx, { ...resolved, key }, call.input.body ?? {}, call.now);
      const versionId = deps.newId();
      await insertKeyVersion(tx, {
        id: versionId,
        key_id: key.id,
        instance_id: key.instance_id,
        account_id: key.account_id,
        number: (await countKeyVersions(tx, key.id)) + 1,
        sealed_material: deps.material.createVersion(resolved.instance, key.id, versionId, 'key-version', imported),
        created_at: call.now,
        backup_id: null,
      });
      await updateKey(tx, key.instance_id, key.id, { current_version_id: versionId, rotated_at: call.now, updated_at: call.now });
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'rotation',
        key,
        keyState: effectiveState(key, call.now),
        keyVersionId: versionId,
        previousKeyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      return {
        output: undefined,
        audit: { responseData: { keyId: key.id, keyVersionId: versionId, keyVersionCreationDate: formatInstant(call.now) } },
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
  return importedMaterial(deps, tx, instance, { ...given, payload, extractable: false }, now);
}
