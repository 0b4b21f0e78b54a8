import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RootwardError } from '../contract/errors.ts';

export type OnCall = (version: 'v1' | 'v2', method: string) => (error: RootwardError | undefined, milliseconds: number) => void;

/** What the plugin counts. Labels hold no secret and no unbounded value. */
export interface Metrics {
  readonly registry: Registry;
  readonly rpc: Histogram<'version' | 'method' | 'code'>;
  readonly serverCalls: Counter<'direction' | 'outcome'>;
  readonly stateAnswers: Counter<'outcome'>;
  readonly refusedSnapshots: Counter;
}

/** The gauges are read when somebody asks. */
export function createMetrics(read: {
  readonly leaseSeconds: () => number;
  readonly heldKeks: () => number;
  readonly ready: () => boolean;
  readonly breakerOpen: () => boolean;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge(
    'rootward_kms_plugin_lease_seconds',
    'Seconds that the lease of the active root key still runs; 0 without a lease.',
    read.leaseSeconds,
  );
  gauge('rootward_kms_plugin_ready', '1 while Status answers without an error.', () => Number(read.ready()));
  gauge('rootward_kms_plugin_local_keks', 'Unwrapped local KEKs in memory.', read.heldKeks);
  gauge('rootward_kms_plugin_breaker_open', '1 while the key service is not asked because it did not answer.', () =>
    Number(read.breakerOpen()),
  );
  return {
    registry,
    rpc: new Histogram({
      name: 'rootward_kms_plugin_rpc_seconds',
      help: 'Calls of kube-apiserver, by gRPC status.',
      labelNames: ['version', 'method', 'code'],
      buckets: [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 1, 3],
      registers,
    }),
    serverCalls: new Counter({
      name: 'rootward_kms_plugin_server_calls_total',
      help: 'Wraps and unwraps asked of the key service.',
      labelNames: ['direction', 'outcome'],
      registers,
    }),
    stateAnswers: new Counter({
      name: 'rootward_kms_plugin_state_answers_total',
      help: 'Answers about the state of the cluster.',
      labelNames: ['outcome'],
      registers,
    }),
    refusedSnapshots: new Counter({
      name: 'rootward_kms_plugin_refused_activations_total',
      help: 'Answers that offered an older activation than one seen before.',
      registers,
    }),
  };
}
