/** Sentences about clusters that the server stores and that the command line and the console repeat. */

/** The only two texts that published clients wait for. */
export const MASTER_STATUS = {
  ready: 'Ready',
  enabling: 'Key management service feature enablement in progress.',
  deploying: 'Deploy in progress.',
  refreshing: 'Master refresh in progress.',
  deleting: 'Deletion in progress.',
} as const;

/** A hosted cluster whose data is not where it was: after a restore, or when somebody took it away. */
export const CONTROL_PLANE_LOST_TEXT =
  'The etcd of this hosted cluster is not on this machine. Put its directory back into `clusters` of the data directory, or remove the cluster.';

export const CLUSTER_NOT_FOUND_TEXT = 'The specified cluster could not be found.';

/** What a look at a cluster's root key can find. */
export const KEY_VERDICTS = ['usable', 'suspended', 'destroyed', 'expired', 'denied', 'unreachable'] as const;
export type KeyVerdict = (typeof KEY_VERDICTS)[number];

export interface VerdictView {
  /** One word for tables. */
  readonly label: string;
  /** Why the cluster is not `normal`; `{key}` is the id of the root key. Empty while all is well. */
  readonly status: string;
  /** What it means for the people who use the cluster. */
  readonly consequence: string;
  /** What brings it back. Empty where nothing has to be done. */
  readonly remedy: string;
}

export const VERDICT_VIEWS: Readonly<Record<KeyVerdict, VerdictView>> = {
  usable: { label: 'usable', status: '', consequence: 'Secrets can be read and written.', remedy: '' },
  suspended: {
    label: 'disabled',
    status: 'The root key {key} is disabled. Secrets of this cluster cannot be read.',
    consequence: 'A hosted control plane is suspended until the root key is enabled again. No data is lost.',
    remedy: 'Enable the root key.',
  },
  destroyed: {
    label: 'deleted',
    status: 'The root key {key} is deleted. Secrets of this cluster cannot be read.',
    consequence: 'The cluster is unusable. Once the key can no longer be restored, its Secrets are lost.',
    remedy: 'Restore the root key while that is still possible.',
  },
  expired: {
    label: 'expired',
    status: 'The root key {key} has expired. Secrets of this cluster become unreadable.',
    consequence: 'Secrets cannot be written; reads fail within about an hour, or when the master is refreshed.',
    remedy:
      'Enable the cluster with a new root key. If its Secrets cannot be read any more, add --break-glass and --reason to that command.',
  },
  denied: {
    label: 'not authorized',
    status: 'The service authorization for the root key {key} is gone.',
    consequence: 'Writes stop within minutes, and Secrets that are not cached cannot be read. No data is lost.',
    remedy: 'Create the service authorization again.',
  },
  unreachable: {
    label: 'unreachable',
    status: 'The KMS instance of the root key {key} cannot be reached.',
    consequence: 'The cluster goes on with what its KMS plugin holds until the lease runs out.',
    remedy: 'Bring the KMS instance back. Nothing has to be done in the cluster.',
  },
};

/** The status sentence of a verdict for one root key. */
export function verdictStatus(verdict: KeyVerdict, keyId: string): string {
  return VERDICT_VIEWS[verdict].status.replace('{key}', keyId);
}
