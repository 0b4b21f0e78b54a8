import { RootwardError } from '../../../contract/errors.ts';
import { createKey } from '../../../contract/keys/create.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { insertKey, type KeyRow } from '../../../store/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant, parseInstant } from '../../instant.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { onlyResource } from '../only-resource.ts';
import { prefersMinimal } from './prefer.ts';
import { presentKey } from './present.ts';

const DEFAULT_RING = 'default';
const ROOT_KEY_SIZES: ReadonlySet<number> = new Set([16, 24, 32]);
const MAX_STANDARD_KEY_BYTES = 7500;

/** Creates a key, Active at once. Its material is generated, or imported in the clear by `payload`. */
export function createKeyHandler(deps: KmsDeps): Handler {
  return handle(createKey, {
    resolve: (call) => deps.resolver.instance(call.principal, call.input.headers),
    async change(call, instance, tx) {
      const wanted = onlyResource(call.input.body);
      const ring = call.input.headers['x-kms-key-ring'] ?? DEFAULT_RING;
      if (ring !== DEFAULT_RING)
        throw new RootwardError('NOT_SUPPORTED', {
          message: 'Key rings other than default are not supported yet.',
          target: { type: 'header', name: 'x-kms-key-ring' },
        });
      const isStandard = wanted.extractable ?? true;
      const id = deps.newId();
      // The first version has the id of its key, as Key Protect's own data shows it.
      const versionId = id;
      using imported = wanted.payload === undefined ? undefined : importedMaterial(wanted.payload, isStandard);
      const row: KeyRow = {
        id,
        instance_id: instance.guid,
        account_id: instance.account_id,
        key_ring_id: ring,
        name: wanted.name,
        description: wanted.description ?? null,
        tags: JSON.stringify(wanted.tags ?? []),
        extractable: isStandard ? 1 : 0,
        imported: imported ? 1 : 0,
        state: 1,
        current_version_id: versionId,
        created_at: call.now,
        created_by: call.principal.iamId,
        updated_at: null,
        rotated_at: null,
        state_changed_at: call.now,
        expires_at: expiryOf(wanted.expirationDate, call.now),
        deleted_at: null,
        deleted_by: null,
      };
      await insertKey(tx, row, {
        id: versionId,
        key_id: id,
        instance_id: instance.guid,
        account_id: instance.account_id,
        number: 1,
        sealed_material: deps.material.createVersion(
          instance,
          id,
          versionId,
          isStandard ? 'standard-key' : 'key-version',
          imported,
        ),
        created_at: call.now,
      });
      const shown = presentKey(instance, row, call.now, deps.lifecycle);
      const expirationDate = row.expires_at === null ? {} : { expirationDate: formatInstant(row.expires_at) };
      return {
        output: {
          metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
          resources: [
            !prefersMinimal(call.input.headers.prefer) && isStandard && wanted.payload
              ? { ...shown, payload: wanted.payload }
              : shown,
          ],
        },
        audit: {
          requestData: { keyType: isStandard ? 'standard_key' : 'root_key', ...expirationDate },
          responseData: { keyId: id, keyState: 1, keyVersionId: versionId, ...expirationDate },
        },
      };
    },
  });
}

function importedMaterial(payload: string, isStandard: boolean): SecretBytes {
  const bytes = Buffer.from(payload, 'base64');
  const fits = isStandard ? bytes.length > 0 && bytes.length <= MAX_STANDARD_KEY_BYTES : ROOT_KEY_SIZES.has(bytes.length);
  if (fits) return SecretBytes.take(bytes);
  bytes.fill(0);
  const message = isStandard
    ? `payload must have 1 to ${MAX_STANDARD_KEY_BYTES} bytes.`
    : 'payload of a root key must have 16, 24 or 32 bytes.';
  throw new RootwardError('INVALID_FIELD', { message, target: { type: 'field', name: 'payload' } });
}

function expiryOf(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const expiresAt = parseInstant(text);
  if (expiresAt !== undefined && expiresAt > now) return expiresAt;
  throw new RootwardError('INVALID_FIELD', {
    message: 'expirationDate must be an instant in the future.',
    target: { type: 'field', name: 'expirationDate' },
  });
}
