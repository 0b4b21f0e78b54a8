import { RootwardError } from '../../../contract/errors.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';

export const DEFAULT_RING = 'default';

/** The ring that a new key goes to. Throws KEY_RING_NOT_FOUND. */
export async function targetRing(_tx: Tx, _instance: InstanceRow, header: string | undefined): Promise<string> {
  const ring = header ?? DEFAULT_RING;
  if (ring !== DEFAULT_RING)
    throw new RootwardError('KEY_RING_NOT_FOUND', { target: { type: 'header', name: 'x-kms-key-ring' } });
  return ring;
}
