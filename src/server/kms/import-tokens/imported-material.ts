import { RootwardError } from '../../../contract/errors.ts';
import type { NewKey } from '../../../contract/keys/create.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

const ROOT_KEY_SIZES: ReadonlySet<number> = new Set([16, 24, 32]);
const MAX_STANDARD_KEY_BYTES = 7500;

/** The material that a request brings for a new key; undefined where it is to be generated. */
export async function importedMaterial(
  _deps: KmsDeps,
  _tx: Tx,
  _instance: InstanceRow,
  { payload, extractable }: Pick<NewKey, 'payload' | 'extractable' | 'encryptedNonce' | 'iv' | 'encryptionAlgorithm'>,
  _now: number,
): Promise<SecretBytes | undefined> {
  if (payload === undefined) return undefined;
  const isStandard = extractable ?? true;
  const bytes = Buffer.from(payload, 'base64');
  const fits = isStandard ? bytes.length > 0 && bytes.length <= MAX_STANDARD_KEY_BYTES : ROOT_KEY_SIZES.has(bytes.length);
  if (fits) return SecretBytes.take(bytes);
  bytes.fill(0);
  const message = isStandard
    ? `payload must have 1 to ${MAX_STANDARD_KEY_BYTES} bytes.`
    : 'payload of a root key must have 16, 24 or 32 bytes.';
  throw new RootwardError('INVALID_FIELD', { message, target: { type: 'field', name: 'payload' } });
}
