import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { PluginConfig } from './config.ts';
import { serveGrpc } from './grpc/grpc-socket.ts';
import { awaitTurn } from './grpc/predecessor.ts';
import { addServiceV1 } from './grpc/service-v1.ts';
import { addServiceV2 } from './grpc/service-v2.ts';
import { openAncestors } from './grpc/socket-path.ts';
import { serveManagement } from './management.ts';
import type { Metrics, OnCall } from './metrics.ts';
import type { Provider } from './provider.ts';

const DRAIN_MS = 4000;
const TURN_MS = 15_000;

export interface Sockets {
  /** Answers what is in progress and closes, in less than five seconds. */
  readonly close: () => Promise<void>;
}

/** Serves kube-apiserver and the operator. Waits while a predecessor serves and this process is not ready. Throws CONFIG. */
export async function openSockets(
  config: PluginConfig,
  deps: {
    readonly provider: Provider;
    readonly metrics: Metrics;
    readonly notReady: () => string | undefined;
    readonly log: Logger;
  },
): Promise<Sockets> {
  const { provider, metrics, notReady, log } = deps;
  const onCall: OnCall = (version, method) => (error, milliseconds) => {
    metrics.rpc.observe({ version, method, code: error?.row.grpc ?? 'OK' }, milliseconds / 1000);
    // A failing Status is called every few seconds; its reason is in the log as the event that caused it.
    if (error === undefined || method === 'Status') return;
    log.warn({ version, method, code: error.code, problem: error.message }, 'a call failed');
  };
  await awaitTurn(config.socketPath, () => notReady() === undefined, TURN_MS);
  const grpc = await serveGrpc(config.socketPath, config.compatAuthority, (server) => {
    addServiceV2(server, provider, onCall);
    addServiceV1(server, provider, onCall);
  });
  const managementPath = config.managementSocket ?? join(dirname(config.socketPath), 'management.sock');
  const management = await serveManagement(managementPath, { registry: metrics.registry, notReady });
  const open = openAncestors(config.socketPath);
  if (open.length > 0) log.warn({ directories: open }, 'everybody may replace what is in these directories, and so the socket');
  log.info({ socketPath: config.socketPath, clusterId: config.clusterId, node: config.nodeName }, 'listening');
  return {
    close: async () => {
      await grpc.drain(DRAIN_MS);
      await management.close();
    },
  };
}
