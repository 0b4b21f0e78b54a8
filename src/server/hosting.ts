import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { RootwardError } from '../contract/errors.ts';
import { createHostedControlPlanes } from '../controlplane/hosted-control-planes.ts';
import { removeRuntimeDirectory, runtimeCandidates } from '../controlplane/pki/runtime-directory.ts';
import { openServerSocketDirectory } from '../controlplane/server-socket-directory.ts';
import { createChanges } from './clusters/changes.ts';
import type { ClusterDeps } from './clusters/deps.ts';
import { createRunDriver } from './clusters/enabling/driver.ts';
import { clusterHandlers } from './clusters/handlers.ts';
import { createHostedMasters } from './clusters/masters/hosted.ts';
import { createKeyWatch } from './clusters/masters/key-watch.ts';
import type { Foundation, Parts } from './compose.ts';
import type { Handler } from './handler.ts';
import { createClusterCredentials } from './iam/api-keys/cluster-credentials.ts';
import { createOwnerKey } from './iam/api-keys/owner-key.ts';
import { binarySettings } from './operate/binary-settings.ts';
import { type CompanionSocket, listenForCompanions } from './operate/listeners/companion-socket.ts';

const READY_TIMEOUT_MS = 180_000;
const STEP_LEASE_MS = 60_000;

export interface Hosting {
  handlers(foundation: Foundation): readonly Handler[];
  /** Opens the socket on which the processes of clusters find the server. Throws PORT_TAKEN, CONFIG or CONTROL_PLANE_UNAVAILABLE. */
  listen(app: FastifyInstance): Promise<void>;
  /** Begins to drive clusters; the server listens by now. */
  start(): void;
  /** Ends every wait of a plugin or agent, and the work on clusters. Their processes go on unless `withClusters`. */
  stop(withClusters: boolean): Promise<void>;
}

/**
 * The Kubernetes service with its hosted control planes, and the loops that keep clusters true to their rows and root keys. Only one
 * replica hosts: the others answer for clusters, but make none and drive none.
 */
export function createHosting(parts: Parts, hosts: boolean): Hosting {
  const { config, dataDir, log, store } = parts;
  const ending = new AbortController();
  const changes = createChanges(store);
  const own = createHostedControlPlanes({
    settings: binarySettings(config),
    log: ({ level, ...entry }) => log[level](entry, entry.message),
    report: (line) => log.info(line),
    signal: ending.signal,
  });
  const controlPlane = hosts ? own : { ...own, kubernetesVersion: refuseToHost };
  let loops: { stop(): Promise<void> }[] = [];
  let socket: CompanionSocket | undefined;
  let built: { deps: ClusterDeps; foundation: Foundation } | undefined;

  return {
    handlers(foundation) {
      const deps: ClusterDeps = {
        ...foundation,
        controlPlane,
        createCredentials: (tx, cluster) => createClusterCredentials(tx, foundation, cluster),
        createOwnerKey: (tx, owner) => createOwnerKey(tx, foundation, owner),
        changes,
        region: config.region,
        kekLeaseSeconds: config.clusters.kekLeaseSeconds,
        stepLeaseMs: STEP_LEASE_MS,
      };
      built = { deps, foundation };
      return clusterHandlers(deps);
    },

    async listen(app) {
      const server = { id: parts.serverId, dataDirectory: dataDir.root };
      const directory = openServerSocketDirectory(server, runtimeCandidates(), (error) =>
        log.warn({ err: error }, 'another place is taken for the socket of plugins and agents'),
      );
      socket = await listenForCompanions(app, directory);
    },

    start() {
      if (!hosts) return log.info({ replica: parts.replica }, 'another replica runs the hosted clusters');
      if (!built || !socket) throw new Error('hosting was started before it was composed and listened');
      const { deps, foundation } = built;
      const masters = createHostedMasters(deps, {
        clustersDirectory: dataDir.clusters,
        readyTimeoutMs: READY_TIMEOUT_MS,
        command: process.execPath,
        leadingArgs: [join(import.meta.dirname, '../../bin/rootward.cjs')],
        serverUrl: socket.url,
        serverId: parts.serverId,
      });
      const started = [
        masters,
        createRunDriver(deps),
        createKeyWatch(deps, foundation.events, config.clusters.keyWatchSeconds * 1000),
      ];
      for (const loop of started) loop.start();
      loops = started;
    },

    async stop(withClusters) {
      ending.abort();
      changes.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      if (withClusters) await controlPlane.stopAll();
      else controlPlane.detach();
      await socket?.close();
      // While clusters run it stays, so that nobody else can take the name.
      if (withClusters && socket) removeRuntimeDirectory(socket.directory);
    },
  };
}

function refuseToHost(): never {
  throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
    message: 'Another replica of this server runs the hosted clusters.',
    hint: 'Send the request to that replica; it is the one that was started first on the database.',
  });
}
