import type { Store } from '../../store/store.ts';
import type { Decide } from '../iam/decide/decision.ts';
import type { KeyRows } from '../key-rows.ts';
import type { LifecycleConfig } from '../lifecycle.ts';
import type { ImportKeyPairs } from './import-tokens/key-pairs.ts';
import type { KeyMaterial } from './key-material.ts';
import type { KeyResolver } from './keys/resolve-key.ts';

/** What the handlers of the key service are made with. */
export interface KmsDeps {
  readonly store: Store;
  readonly keyRows: KeyRows;
  readonly material: KeyMaterial;
  readonly importKeyPairs: ImportKeyPairs;
  readonly resolver: KeyResolver;
  /** For what an operation asks beside its own action: the key rings of a list, the key ring that a key is moved to. */
  readonly decide: Decide;
  readonly lifecycle: LifecycleConfig;
  /** The port at which callers of the private network find the key service. */
  readonly privatePort: () => number;
  /** Quota of keys; 0: there is none. */
  readonly keysPerInstance: number;
  readonly newId: () => string;
  /** Tells listeners that lifecycle events were committed. */
  readonly announceEvents: () => void;
}
