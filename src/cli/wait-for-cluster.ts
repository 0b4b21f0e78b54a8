import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../client/client.ts';
import type { Cluster } from '../contract/clusters/cluster.ts';
import { getCluster } from '../contract/clusters/get.ts';
import { RootwardError } from '../contract/errors.ts';
import { MASTER_STATUS } from '../contract/views/cluster-texts.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';

const POLL_MS = 500;

export interface WaitParts {
  readonly client: Client;
  readonly io: Pick<Io, 'now'>;
  readonly progress: Progress;
  readonly timeoutMs: number;
}

/** What is looked at until it is so. It may throw to give up. */
export type Condition = (cluster: Cluster) => boolean;

/** Polls a cluster until `done`. Throws CLUSTER_BUSY when the time is over; that stops the waiting, not the work. */
export async function waitForCluster(cluster: string, done: Condition, parts: WaitParts): Promise<Cluster> {
  const deadline = parts.io.now() + parts.timeoutMs;
  for (;;) {
    const seen = await parts.client.call(getCluster, { query: { cluster } });
    if (done(seen)) return seen;
    parts.progress.update(activityOf(seen));
    if (parts.io.now() >= deadline) {
      throw new RootwardError('CLUSTER_BUSY', {
        message: `The cluster was not done after ${Math.round(parts.timeoutMs / 1000)} s: ${activityOf(seen)}`,
        hint: `The work goes on; \`rootward ks cluster get -c ${seen.name}\` shows how far it is.`,
      });
    }
    await sleep(POLL_MS);
  }
}

/** One line for people who wait. */
export function activityOf({ masterStatus, keyManagementService: { run } }: Cluster): string {
  return run && run.state !== 'done' ? `${masterStatus} ${run.stepText}` : masterStatus;
}

/** The control plane answers and nothing is being done to it. */
export function isReady({ masterStatus, masterState, status, state }: Cluster): boolean {
  if (/fail/i.test(`${masterState} ${state}`))
    throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', { message: status || masterStatus });
  return masterStatus === MASTER_STATUS.ready;
}

/** The move to this root key is over and proven. Throws what ended it otherwise. */
export function isSealedBy(rootKeyId: string): Condition {
  return (cluster) => {
    const { enabled, rootKeyID, run, proof } = cluster.keyManagementService;
    if (run && (run.state === 'failed' || run.state === 'aborted')) {
      throw new RootwardError('STEP_ORDER', {
        message: `Sealing by root key ${rootKeyId} has ${run.state} at "${run.stepText}"${run.error === undefined ? '' : `: ${run.error}`}.`,
      });
    }
    const resting = !run || run.state === 'done';
    return resting && enabled && rootKeyID === rootKeyId && proof !== undefined && isReady(cluster);
  };
}
