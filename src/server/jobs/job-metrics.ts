import { Counter, Gauge, type Registry } from 'prom-client';
import { JOB_NAMES, type JobName } from './job.ts';

export interface JobMetrics {
  succeeded(job: JobName, at: number): void;
  failed(job: JobName): void;
  due(job: JobName, count: number): void;
}

/** The figures of scheduled work. Labels are job names only. */
export function createJobMetrics(registry: Registry, isClockSuspect: () => boolean): JobMetrics {
  const of = { labelNames: ['job'] as const, registers: [registry] };
  const success = new Gauge({ name: 'rootward_job_last_success_timestamp_seconds', help: 'When a job last ended well', ...of });
  const due = new Gauge({
    name: 'rootward_job_due',
    help: 'Items that were due and not done when the job last looked; counted to 1000',
    ...of,
  });
  const failures = new Counter({ name: 'rootward_job_failures_total', help: 'Items and runs of a job that failed', ...of });
  for (const job of JOB_NAMES) failures.labels(job).inc(0);
  new Gauge({
    name: 'rootward_clock_suspect',
    help: '1: the clock is not believed and scheduled work stands still (see rootward status)',
    registers: [registry],
    collect() {
      this.set(isClockSuspect() ? 1 : 0);
    },
  });
  return {
    succeeded: (job, at) => success.labels(job).set(at / 1000),
    failed: (job) => failures.labels(job).inc(),
    due: (job, count) => due.labels(job).set(count),
  };
}
