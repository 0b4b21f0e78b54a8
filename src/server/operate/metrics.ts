import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** One finished request: operation name, HTTP status, duration in ms. */
  observe(operation: string, status: number, milliseconds: number): void;
  /** The same for one instance, whose metrics policy asks for it: its GUID, IAM action, HTTP status, duration in ms. */
  observeInstance(instance: string, action: string, status: number, milliseconds: number): void;
}

const BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * The server's own registry. Labels are operation names and status codes only, and the GUID of an instance that wants its own
 * figures: never a key, account or token.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'rootward_requests_total',
    help: 'Requests by operation and HTTP status',
    labelNames: ['operation', 'status'] as const,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'rootward_request_duration_seconds',
    help: 'Duration of requests by operation',
    labelNames: ['operation'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const ofInstance = { labelNames: ['ibm_resource', 'ibm_kms_api', 'ibm_kms_response_code'] as const, registers: [registry] };
  const instanceRequests = new Gauge({
    name: 'ibm_kms_api_request_gauge',
    help: 'Requests to an instance with a metrics policy, by action and HTTP status',
    ...ofInstance,
  });
  const instanceLatency = new Gauge({
    name: 'ibm_kms_api_latency_gauge',
    help: 'Duration in ms of the latest such request to the instance',
    ...ofInstance,
  });
  const series = new Map<string, { count: { inc(): void }; time: { observe(value: number): void } }>();
  return {
    registry,
    observe(operation, status, milliseconds) {
      const key = `${operation} ${status}`;
      let kept = series.get(key);
      if (!kept) {
        const time = durations.labels(operation);
        const count = requests.labels(operation, String(status));
        kept = { count, time };
        series.set(key, kept);
      }
      kept.count.inc();
      kept.time.observe(milliseconds / 1000);
    },
    observeInstance(instance, action, status, milliseconds) {
      const labels = { ibm_resource: instance, ibm_kms_api: action, ibm_kms_response_code: String(status) };
      instanceRequests.inc(labels);
      instanceLatency.set(labels, milliseconds);
    },
  };
}
