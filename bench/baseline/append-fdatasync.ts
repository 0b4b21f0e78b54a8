/**
 * The baseline of `bench/latency.ts`: what this disk takes to make one line durable. Appends lines to a file, each with an fdatasync
 * of its own, and prints the latencies in ms as JSON. `append-fdatasync.ts FILE AMOUNT BYTES`
 */
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const [file = '', amount = '0', bytes = '0'] = process.argv.slice(2);
const line = Buffer.alloc(Number(bytes), 'x');
const latencies = new Float64Array(Number(amount));
const descriptor = openSync(file, 'wx');
for (let at = 0; at < latencies.length; at += 1) {
  const started = performance.now();
  writeSync(descriptor, line, 0, line.length, at * line.length);
  fdatasyncSync(descriptor);
  latencies[at] = performance.now() - started;
}
closeSync(descriptor);
unlinkSync(file);
latencies.sort();
process.stdout.write(
  JSON.stringify({ p50: latencies[latencies.length >> 1], p99: latencies[Math.floor(latencies.length * 0.99)] }),
);
