import type { Barrier } from '../../crypto/barrier.ts';
import type { Store } from '../../store/store.ts';
import type { LoginConfig } from '../config/login-config.ts';
import type { KeyRows } from '../key-rows.ts';
import type { LoginCounts } from './activity/login-counts.ts';
import type { Decide } from './decide/decision.ts';
import type { SigningKeys } from './signing-keys/signing-keys.ts';

/** Where ids and secrets come from. */
export interface IdSource {
  /** A UUIDv4. */
  readonly newId: () => string;
  readonly randomBytes: (length: number) => Buffer;
}

/** What the handlers of IAM are made with. */
export interface IamDeps extends IdSource {
  readonly store: Store;
  readonly barrier: Barrier;
  readonly decide: Decide;
  readonly signingKeys: SigningKeys;
  /** `iss` of every token; a function, because the default contains the port that the server got. */
  readonly issuer: () => string;
  /** `http://host:port`, without a path. */
  readonly origin: () => string;
  readonly login: LoginConfig;
  readonly loginCounts: Pick<LoginCounts, 'add'>;
  /** Where the key ring of a key is read that somebody asks a decision about. */
  readonly keyRows: Pick<KeyRows, 'find'>;
}
