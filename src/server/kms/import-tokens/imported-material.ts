import { RootwardError } from '../../../contract/errors.ts';
import type { NewKey } from '../../../contract/keys/creation/create.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { materialByToken } from './material-by-token.ts';

const ROOT_KEY_SIZES: ReadonlySet<number> = new Set([16, 24, 32]);
const MAX_STANDARD_KEY_BYTES = 7500;

/** What a request says about material; undefined or absent is the same. */
export type MaterialOrder = {
  readonly [Field in 'payload' | 'extractable' | 'encryptedNonce' | 'iv' | 'encryptionAlgorithm']?: NewKey[Field] | undefined;
};

/**
 * The material that a request brings for a key; undefined where it is to be generated. In the clear, or encrypted for the import token
 * of the instance. Throws INVALID_FIELD, IMPORT_NONCE, IMPORT_NONCE_IV or IMPORT_TOKEN_EXPIRED.
 */
export async function importedMaterial(
  deps: KmsDeps,
  tx: Tx,
  instance: InstanceRow,
  order: MaterialOrder,
  now: number,
): Promise<SecretBytes | undefined> {
  const isStandard = order.extractable ?? true;
  const { encryptedNonce, iv } = refuseHalfOrders(order, isStandard);
  if (order.payload === undefined) return undefined;
  if (encryptedNonce === undefined || iv === undefined)
    return fitting(SecretBytes.take(Buffer.from(order.payload, 'base64')), isStandard);
  const encrypted = { payload: order.payload, encryptedNonce, iv, algorithm: order.encryptionAlgorithm };
  return materialByToken(deps, tx, instance, encrypted, now, (material) => fitting(material, false));
}

/** Nonce and iv come together, with a payload, and for a root key; an algorithm comes with them only. */
function refuseHalfOrders(order: MaterialOrder, isStandard: boolean): { encryptedNonce?: string; iv?: string } {
  const { payload, encryptedNonce, iv, encryptionAlgorithm } = order;
  if (encryptedNonce === undefined && iv === undefined) {
    if (encryptionAlgorithm !== undefined) throw wrong('encryptionAlgorithm', 'comes together with encryptedNonce and iv only.');
    return {};
  }
  if (encryptedNonce === undefined) throw wrong('encryptedNonce', 'is missing: it comes together with iv.');
  if (iv === undefined) throw wrong('iv', 'is missing: it comes together with encryptedNonce.');
  if (payload === undefined) throw wrong('payload', 'is missing: encryptedNonce and iv belong to an imported key.');
  if (isStandard) throw wrong('encryptedNonce', 'is for root keys: a standard key cannot be imported by an import token.');
  return { encryptedNonce, iv };
}

/** The same error for every material that does not fit, so that a failed decryption cannot be told from a wrong size. */
function fitting(material: SecretBytes | undefined, isStandard: boolean): SecretBytes {
  const length = material?.length ?? 0;
  const fits = isStandard ? length > 0 && length <= MAX_STANDARD_KEY_BYTES : ROOT_KEY_SIZES.has(length);
  if (material && fits) return material;
  material?.destroy();
  throw wrong(
    'payload',
    isStandard ? `must have 1 to ${MAX_STANDARD_KEY_BYTES} bytes.` : 'of a root key must have 16, 24 or 32 bytes.',
  );
}

function wrong(name: string, what: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `${name} ${what}`, target: { type: 'field', name } });
}
