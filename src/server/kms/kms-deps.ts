import type { Store } from '../../store/store.ts';
import type { LifecycleConfig } from '../lifecycle.ts';
import type { KeyMaterial } from './key-material.ts';
import type { KeyResolver } from './keys/resolve-key.ts';

/** What the handlers of the key service are made with. */
export interface KmsDeps {
  readonly store: Store;
  readonly material: KeyMaterial;
  readonly resolver: KeyResolver;
  readonly lifecycle: LifecycleConfig;
  readonly newId: () => string;
  /** Tells listeners that lifecycle events were committed. */
  readonly announceEvents: () => void;
}
