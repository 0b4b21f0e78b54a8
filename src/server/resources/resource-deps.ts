import type { Store } from '../../store/store.ts';
import type { Decide } from '../iam/decide/decision.ts';

/** What the handlers of the resource controller are made with. */
export interface ResourceDeps {
  readonly store: Store;
  readonly decide: Decide;
  /** A UUIDv4. */
  readonly newId: () => string;
  /** A sealed new instance key, for the row of a new instance. */
  readonly createInstanceKey: (accountId: string, guid: string) => Uint8Array;
  /** Drops what is in memory of the keys of an instance that is no more. */
  readonly forgetInstance: (guid: string) => void;
  /** How long a deleted instance can be restored; 0: it cannot. */
  readonly reclamationSeconds: number;
  /** The region of this server. */
  readonly region: string;
  /** `http://host:port`, without a path: where every API of this server is. */
  readonly origin: () => string;
}
