import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { type PluginConfig, readApiKey } from './config.ts';
import { type Breaker, createBreaker } from './key-service/breaker.ts';
import { createGate } from './key-service/gate.ts';
import { createKeyService } from './key-service/key-service.ts';
import { createLogin } from './key-service/login.ts';
import { connectServer } from './key-service/server-connection.ts';
import { createLeases, keyName } from './lease/leases.ts';
import { createKeks, rootwardError } from './local-kek/keks.ts';
import { createTender, type Tender } from './local-kek/tend.ts';
import { createTendLoop } from './local-kek/tend-loop.ts';
import { createMetrics } from './metrics.ts';
import { createProvider } from './provider.ts';
import { openSockets } from './sockets.ts';
import { openNodeState } from './state/node-state.ts';
import { createStateWatch, type StateWatch } from './state/state-watch.ts';
import { createTakeOver } from './state/take-over.ts';
import { createWake } from './state/wake.ts';

const REFUSAL_GAP_MS = 5000;
const NEWS_AGE_MS = 1000;

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
  const takeOver = createTakeOver({ leases, nodeState, clock, log, onRefused: () => metrics.refusedSnapshots.inc() });
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
      takeOver.take(state);
      noteSignOfLife(breaker, isNews, wake);
    },
    onFailure: (failure) => {
      metrics.stateAnswers.inc({ outcome: failure.kind });
      log.warn({ kind: failure.kind, problem: failure.message }, 'the state of the cluster could not be asked');
    },
  });
  const provider = createProvider({
    keks,
    leases,
    gate: createGate(256, 1024),
    clusterId,
    random: randomBytes,
    published: tender.published,
    problem: () => takeOver.problem() ?? tender.problem(),
    snapshot: takeOver.snapshot,
    refreshState,
  });
  const loop = createTendLoop({
    tender,
    leases,
    wake,
    probeIntervalMs: config.probeIntervalMs,
    refusalGapMs: REFUSAL_GAP_MS,
    random,
    snapshot: takeOver.snapshot,
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
  const end = async (): Promise<void> => {
    watch.stop();
    loop.stop();
    await connection.close();
    await running.catch(() => undefined);
  };
  const sockets = await openSockets(config, { provider, metrics, notReady: () => notReady(provider.status), log }).catch(
    async (error: unknown) => {
      await end();
      throw error;
    },
  );

  return {
    failure,
    stop: async () => {
      await sockets.close();
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
