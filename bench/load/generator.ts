/** The load generator: a process of its own, so that its cost is the same for every variant. It is told what to send by messages. */
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import type { LoadOrder, LoadResult } from './load.ts';

process.on('message', (order: LoadOrder) => {
  const latencies = new Float64Array(order.amount);
  const statuses: Record<number, number> = {};
  let answered = 0;
  const started = performance.now();
  let ended = started;
  const { url, method, headers, body, connections, amount } = order;
  const run = autocannon({ url, method, headers, body, connections, amount }, () => {
    const sorted = latencies.subarray(0, answered).sort();
    const at = (share: number) => sorted[Math.min(answered - 1, Math.floor(answered * share))] ?? Number.NaN;
    const result: LoadResult = { answered, statuses, seconds: (ended - started) / 1000, p50: at(0.5), p99: at(0.99) };
    process.send?.(result);
  });
  run.on('response', (_client: unknown, status: number, _bytes: number, milliseconds: number) => {
    latencies[answered] = milliseconds;
    answered += 1;
    statuses[status] = (statuses[status] ?? 0) + 1;
    ended = performance.now();
  });
});
