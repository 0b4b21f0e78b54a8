import { RootwardError } from '../../../contract/errors.ts';
import { DEFAULT_RING } from '../../../contract/key-rings/key-ring.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { findKeyRing } from '../../../store/kms/key-rings.ts';
import type { Tx } from '../../../store/store.ts';

type Place = { readonly type: 'header' | 'field'; readonly name: string };

/** The ring that a key goes to: the one that is named, else the default one. Throws KEY_RING_NOT_FOUND, saying where it was named. */
export async function targetRing(
  tx: Tx,
  instance: InstanceRow,
  named: string | undefined,
  place: Place = { type: 'header', name: 'x-kms-key-ring' },
): Promise<string> {
  if (named === undefined || named === DEFAULT_RING) return DEFAULT_RING;
  if (await findKeyRing(tx, instance.guid, named)) return named;
  throw new RootwardError('KEY_RING_NOT_FOUND', { target: place });
}
