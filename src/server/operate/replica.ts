import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import { listLiveClusters } from '../../store/clusters/clusters.ts';
import { nameOfReplica } from '../../store/engines/engine.ts';
import { readMeta, writeMeta } from '../../store/meta.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import type { DataDir } from './data-dir.ts';
import { writeDurably } from './write-durably.ts';

/** A server that is alone on its store. */
const ALONE = 'server';
const PATIENCE_MS = 60_000;
/** A restart may find the lock of the process before it still there for a moment. */
const NAME_PATIENCE_MS = 5000;
const ASK_AGAIN_MS = 100;

/** The name of this server among the replicas of its database: from the configuration, or an id that is kept in the data directory. */
export function replicaName(config: Config, { replicaId }: DataDir): string {
  if (config.replica !== undefined) return config.replica;
  if (config.store.url === undefined) return ALONE;
  if (!existsSync(replicaId)) writeDurably(replicaId, `r-${randomBytes(6).toString('hex')}\n`, false);
  return readFileSync(replicaId, 'utf8').trim();
}

/** The name of the replica that has run on this data directory. Throws CONFIG if none has. */
export function knownReplica(config: Config, { root, replicaId }: DataDir): string {
  if (config.replica !== undefined) return config.replica;
  if (existsSync(replicaId)) return readFileSync(replicaId, 'utf8').trim();
  throw new RootwardError('CONFIG', {
    message: `No replica has run on ${root}.`,
    hint: 'Name the data directory of the server with --data-dir.',
  });
}

/** Throws REPLICA_IN_USE while another process runs by this name. */
export async function takeReplicaName(store: Store, replica: string): Promise<void> {
  if (await takeWithin(store, nameOfReplica(replica), NAME_PATIENCE_MS)) return;
  throw new RootwardError('REPLICA_IN_USE', {
    message: `Another server runs on this database as replica ${replica}.`,
    hint: 'Every replica needs a data directory of its own, and a name of its own where `replica` is set.',
  });
}

/** Replicas that start at once on an empty database do it one after the other: the first one makes what the others then find. */
export async function inTurn<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const isMine = await takeWithin(store, 'start', PATIENCE_MS);
  if (!isMine) throw new RootwardError('STORE_UNAVAILABLE', { message: 'Another replica has been starting for a minute.' });
  try {
    return await work();
  } finally {
    await store.names.giveBack('start');
  }
}

async function takeWithin(store: Store, name: string, patienceMs: number): Promise<boolean> {
  for (let waited = 0; waited <= patienceMs; waited += ASK_AGAIN_MS) {
    if (await store.names.take(name)) return true;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  return false;
}

/**
 * Does this replica run the hosted clusters? Their etcd lies in the data directory of one replica, so it stays that one, also while
 * it is away. Another one takes over only where no hosted cluster is left.
 */
export async function claimHosting(store: Store, config: Config, replica: string): Promise<boolean> {
  if (config.store.url === undefined) return true;
  if (!(await store.names.take('hosting'))) return false;
  const isMine = await store.change([], async (tx) => {
    const known = await readMeta(tx, 'hosting_replica');
    // A restored store does not know on which machine its clusters will be brought back.
    const epoch = `${(await readMeta(tx, 'restore_epoch')) ?? '0'}/`;
    if (known === epoch + replica) return true;
    const clusters = known?.startsWith(epoch) ? await listLiveClusters(tx) : [];
    if (clusters.some(({ control_plane }) => control_plane === 'hosted')) return false;
    await writeMeta(tx, 'hosting_replica', epoch + replica);
    return true;
  });
  if (!isMine) await store.names.giveBack('hosting');
  return isMine;
}
