import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startServerProcess } from '../test/process/server-process.ts';
import { requireAudited } from './audited.ts';
import { keepEvidence, machine, median, requireDisk } from './figures.ts';
import { startLoad } from './load/load.ts';
import { prepareUse } from './prepare-use.ts';
import { rounded } from './rounds.ts';

const WARM_UP = 20_000;
/** As long as the audit record of a wrap. */
const LINE_BYTES = 1100;
const ADDED_MS = 0.5;

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** `npm run bench -- latency`: one wrap after the other on one connection, beside what the disk takes for one durable append. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '12' },
      amount: { type: 'string', default: '1000' },
      'data-dir': { type: 'string', default: tmpdir() },
    },
  });
  const [rounds, amount] = [Number(values.rounds), Number(values.amount)];
  requireDisk(values['data-dir']);
  const dataDir = mkdtempSync(join(values['data-dir'], 'rootward-bench-'));
  const server = await startServerProcess(dataDir);
  try {
    const pairs: { readonly disk: Latency; readonly wrap: Latency }[] = [];
    const { path, headers, body } = await prepareUse('wrap', server.said);
    using load = startLoad();
    const send = (connections: number, requests: number) =>
      load.send({ url: server.said.url + path, method: 'POST', headers, body, connections, amount: requests });
    await send(64, WARM_UP);
    for (let index = 0; index < rounds; index += 1) {
      const disk = await measureDisk(join(dataDir, `append-${index}`), amount);
      const wrap = await send(1, amount);
      pairs.push({ disk, wrap });
      process.stderr.write(`round ${index + 1}: fdatasync ${rounded(disk.p50)} ms, wrap ${rounded(wrap.p50)} ms\n`);
    }
    if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
    await requireAudited(dataDir, 'kms.secrets.wrap', 1 + WARM_UP + rounds * amount);
    report(pairs);
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  }
}

async function measureDisk(file: string, amount: number): Promise<Latency> {
  const script = join(import.meta.dirname, 'baseline/append-fdatasync.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, file, String(amount), String(LINE_BYTES)]);
  return JSON.parse(stdout) as Latency;
}

function report(pairs: readonly { readonly disk: Latency; readonly wrap: Latency }[]): void {
  const over = pairs.map(({ disk, wrap }) => wrap.p50 - (2 * disk.p50 + ADDED_MS));
  const figures = {
    fdatasync: {
      p50Ms: rounded(median(pairs.map(({ disk }) => disk.p50))),
      p99Ms: rounded(median(pairs.map(({ disk }) => disk.p99))),
    },
    wrap: {
      p50Ms: rounded(median(pairs.map(({ wrap }) => wrap.p50))),
      p99Ms: rounded(median(pairs.map(({ wrap }) => wrap.p99))),
    },
    /** Negative: within twice the disk's p50 and half a millisecond. */
    overTwiceDiskAndHalfMs: rounded(median(over)),
    rounds: pairs.length,
    connections: 1,
  };
  process.stdout.write(
    `append and fdatasync   p50 ${figures.fdatasync.p50Ms} ms   p99 ${figures.fdatasync.p99Ms} ms\n` +
      `audited wrap           p50 ${figures.wrap.p50Ms} ms   p99 ${figures.wrap.p99Ms} ms\n` +
      `wrap p50 − (2 × fdatasync p50 + 0.5 ms) = ${figures.overTwiceDiskAndHalfMs} ms; medians of ${pairs.length} paired rounds, one connection\n`,
  );
  const file = keepEvidence('bench-latency', { command: 'npm run bench -- latency', ...figures, machine: machine() });
  process.stdout.write(`${file}\n`);
}
