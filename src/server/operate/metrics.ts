import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** One finished request: operation name, HTTP status, duration in ms. */
  observe(operation: string, status: number, milliseconds: number): void;
}

const BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The server's own registry. Labels are operation names and status codes only: never a key, account or token. */
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
  };
}
