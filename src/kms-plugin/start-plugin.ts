import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { RootwardError } from '../contract/errors.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { type PluginConfig, readApiKey } from './config.ts';
import { createGate } from './gate.ts';
import { serveGrpc } from './grpc-socket.ts';
import { createKeks, rootwardError } from './keks.ts';
import { createKeyService } from './key-service.ts';
import { createLeases, keyName } from './leases.ts';
import { createLogin } from './login.ts';
import { serveManagement } from './management.ts';
import { createMetrics, type OnCall } from './metrics.ts';
import { openNodeState } from './node-state.ts';
import type { PluginState } from './plugin-state.ts';
import { awaitTurn } from './predecessor.ts';
import { createProvider } from './provider.ts';
import { connectServer } from './server-connection.ts';
import { addServiceV1 } from './service-v1.ts';
import { addServiceV2 } from './service-v2.ts';
import { nextSnapshot, type Snapshot } from './snapshot.ts';
import { openAncestors } from './socket-path.ts';
import { createStateWatch, type StateWatch } from './state-watch.ts';
import { createTender, type Tender } from './tend.ts';
import { createTendLoop } from './tend-loop.ts';
import { createWake } from './wake.ts';

const REFUSAL_GAP_MS = 5000;
const NEWS_AGE_MS = 1000;
const DRAIN_MS = 4000;
const TURN_MS = 15_000;

export interface Plugin {
  /** Rejects when a fault of the program ends the work; never resolves. */
  readonly failure: Promise<never>;
  /** Drains in less than five seconds. */
  readonly stop: () => Promise<void>;
}

/** Starts the plugin. Without a predecessor the sockets come at once, so that kube-apiserver gets a clear error while the server is away. */
export async function startPlugin(config: PluginConfig, log: Logger): Promise<Plugin> {
  const clock = (): number => performance.now();
  const random = Math.random;
  const { clusterId, serverId } = config;
  readApiKey(config.apiKeyFile);
  const nodeState = openNodeState(config.stateDirectory, clusterId);
  const connection = connectServer(config.serverUrl, config.caFile);
  const login = createLogin({ connection, readApiKey: () => readApiKey(config.apiKeyFile), serverId, clock });
  const breaker = createBreaker({ clock, random });
  const wake = createWake();
  let snapshot: Snapshot | undefined;
  let refused: RootwardError | undefined;
  let newsAt = Number.NEGATIVE_INFINITY;

  const refreshState = async (): Promise<boolean> => (clock() - newsAt < NEWS_AGE_MS ? true : await watch.refresh());
  const leases = createLeases({
    clock,
    refusalGapMs: REFUSAL_GAP_MS,
    onChange: (key, before, after) => {
      keks.sweep();
      if (before.standing !== after.standing) {
        log.warn({ key: keyName(key), standing: after.standing }, 'the standing of a root key changed');
        keks.forgive();
        wake.now();
      } else if (after.doubt !== undefined && before.doubt === undefined) {
        log.warn({ key: keyName(key), reason: after.doubt.reason }, 'the key service refused a root key; asking once more');
      }
    },
  });
  const metrics = createMetrics({
    leaseSeconds: () => leaseSeconds(tender, leases, clock()),
    heldKeks: () => keks.count(),
    ready: () => notReady(provider.status) === undefined,
    breakerOpen: () => breaker.state() === 'open',
  });
  const service = createKeyService({
    connection,
    login,
    breaker,
    serverId,
    onUnauthorized: () => void refreshState(),
    onCall: (direction, outcome) => metrics.serverCalls.inc({ direction, outcome }),
  });
  const keks = createKeks({ service, leases, gate: createGate(16, 512), clusterId, clock, random });
  const tender = createTender({
    service,
    keks,
    leases,
    nodeState,
    clusterId,
    clock,
    random: randomBytes,
    onOtherVersion: () => void refreshState(),
    onPublished: (published) => log.info({ keyId: published?.keyId }, 'sealing under this activation now'),
    onProblem: (error) => log.warn({ code: error.code, problem: error.message }, 'no local KEK for the active activation yet'),
  });

  const watch: StateWatch = createStateWatch({
    connection,
    login,
    serverId,
    clusterId,
    node: config.nodeName,
    waitMs: config.pollIntervalMs,
    clock,
    random,
    activeKeyId: () => tender.published()?.keyId,
    onState: (state, isNews) => {
      metrics.stateAnswers.inc({ outcome: 'ok' });
      newsAt = clock();
      onState(state);
      noteSignOfLife(breaker, isNews, wake);
    },
    onFailure: (failure) => {
      metrics.stateAnswers.inc({ outcome: failure.kind });
      log.warn({ kind: failure.kind, problem: failure.message }, 'the state of the cluster could not be asked');
    },
  });
  const onState = (state: PluginState): void => {
    leases.setLeaseSeconds(state.kekLeaseSeconds);
    for (const { instanceId, keyId, verdict } of state.keys) {
      leases.apply({ instanceId, rootKeyId: keyId }, { type: 'verdict', at: clock(), verdict });
    }
    const next = nextSnapshot(state, nodeState.current().highWater);
    if ('refused' in next) {
      metrics.refusedSnapshots.inc();
      refused = new RootwardError('REPLICA_BEHIND', { message: next.refused });
      log.error({ problem: next.refused }, 'these activations are not taken over');
      return;
    }
    const before = nodeState.current().highWater;
    try {
      // On disk before anything is sealed under it: a restart must not go back.
      if (next.highWater !== undefined && next.highWater.keyId !== before?.keyId) nodeState.save({ highWater: next.highWater });
      snapshot = next.accepted;
      refused = undefined;
    } catch (error) {
      log.error({ err: error }, 'these activations are not taken over, because they could not be remembered');
    }
  };

  const provider = createProvider({
    keks,
    leases,
    gate: createGate(256, 1024),
    clusterId,
    random: randomBytes,
    published: tender.published,
    problem: () => refused ?? tender.problem(),
    snapshot: () => snapshot,
    refreshState,
  });
  const onCall: OnCall = (version, method) => (error, milliseconds) => {
    metrics.rpc.observe({ version, method, code: error?.row.grpc ?? 'OK' }, milliseconds / 1000);
    if (error !== undefined && method !== 'Status')
      log.warn({ version, method, code: error.code, problem: error.message }, 'a call failed');
  };
  const loop = createTendLoop({
    tender,
    leases,
    wake,
    probeIntervalMs: config.probeIntervalMs,
    refusalGapMs: REFUSAL_GAP_MS,
    random,
    snapshot: () => snapshot,
  });
  const running = Promise.all([watch.run(), loop.run()]);
  const failure = running.then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => {
      log.fatal({ err: error }, 'the plugin stops, because it cannot go on safely');
      throw error;
    },
  );
  // Whoever waits for it hears of it; until then it must not end the process by itself.
  failure.catch(() => undefined);
  const listen = async () => {
    await awaitTurn(config.socketPath, () => notReady(provider.status) === undefined, TURN_MS);
    const grpc = await serveGrpc(config.socketPath, config.compatAuthority, (server) => {
      addServiceV2(server, provider, onCall);
      addServiceV1(server, provider, onCall);
    });
    const management = await serveManagement(config.managementSocket ?? join(dirname(config.socketPath), 'management.sock'), {
      registry: metrics.registry,
      notReady: () => notReady(provider.status),
    });
    return { grpc, management };
  };
  const end = async (): Promise<void> => {
    watch.stop();
    loop.stop();
    await connection.close();
    await running.catch(() => undefined);
  };
  const sockets = await listen().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const open = openAncestors(config.socketPath);
  if (open.length > 0) log.warn({ directories: open }, 'everybody may replace what is in these directories, and so the socket');
  log.info({ socketPath: config.socketPath, clusterId, node: config.nodeName }, 'listening');

  return {
    failure,
    stop: async () => {
      await sockets.grpc.drain(DRAIN_MS);
      await sockets.management.close();
      await end();
    },
  };
}

function noteSignOfLife(breaker: Breaker, isNews: boolean, wake: { now: () => void }): void {
  const wasClosed = breaker.state() === 'closed';
  breaker.hint();
  if (isNews || !wasClosed) wake.now();
}

function notReady(status: () => string): string | undefined {
  try {
    status();
    return undefined;
  } catch (error) {
    return rootwardError(error).message;
  }
}

function leaseSeconds(tender: Tender, leases: ReturnType<typeof createLeases>, now: number): number {
  const kek = tender.published()?.kek;
  if (kek === undefined || leases.use(kek).may !== 'use') return 0;
  return Math.max(0, ((leases.get(kek).grantedAt ?? now) + leases.leaseMs() - now) / 1000);
}
