import type { Barrier } from '../../crypto/barrier.ts';
import type { OwnerPlace } from '../../store/clusters/api-key-owners.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Decide } from '../iam/decide/decision.ts';
import type { KeyRows } from '../key-rows.ts';
import type { Invoke } from '../pipeline.ts';
import type { Changes } from './changes.ts';
import type { ControlPlanePort } from './control-plane-port.ts';

/** API keys of a new cluster's two processes; shown once, kept sealed. */
export interface ClusterCredentials {
  readonly pluginApiKey: string;
  readonly agentApiKey: string;
}

export interface ClusterLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** What the Kubernetes service is built on. */
export interface ClusterDeps {
  readonly store: Store;
  readonly keyRows: KeyRows;
  readonly decide: Decide;
  readonly invoke: Invoke;
  /** Ms since 1970. */
  readonly now: () => number;
  /** By this time a root key has expired for a cluster; earlier than `now` only while the machine's clock is in doubt (ADR 0010). */
  readonly earliestNow: () => number;
  readonly newId: () => string;
  readonly randomBytes: (size: number) => Buffer;
  readonly barrier: Barrier;
  readonly controlPlane: ControlPlanePort;
  readonly createCredentials: (
    tx: Tx,
    cluster: {
      readonly clusterCrn: string;
      readonly accountId: string;
      readonly clusterId: string;
      readonly createdBy: string;
      readonly now: number;
    },
  ) => Promise<ClusterCredentials>;
  /** Makes the API key by which somebody owns a place; its id. Nobody gets its secret. */
  readonly createOwnerKey: (
    tx: Tx,
    owner: OwnerPlace & { readonly iamId: string; readonly createdBy: string; readonly now: number },
  ) => Promise<string>;
  readonly changes: Changes;
  readonly serverId: string;
  readonly region: string;
  readonly kekLeaseSeconds: number;
  /** How long an agent keeps a step without a sign of life. */
  readonly stepLeaseMs: number;
  readonly log: ClusterLog;
}
