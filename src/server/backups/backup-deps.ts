import type { Barrier } from '../../crypto/barrier.ts';
import type { Store } from '../../store/store.ts';

export interface BackupDeps {
  readonly store: Store;
  readonly barrier: Barrier;
  readonly newId: () => string;
  readonly now: () => number;
  /** The account that operates this server. */
  readonly accountId: () => Promise<string>;
  /** Where the server writes archives; made when the first one is. */
  readonly directory: string;
  /** How old the newest backup may be before that is worth a warning, in hours. */
  readonly staleAfterHours: number;
}
