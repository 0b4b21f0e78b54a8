import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addInstance, addRootKey, logIn } from '../test/process/api.ts';
import { auditRecords, examineAudit } from '../test/process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../test/process/server-process.ts';
import { type ReadyProcess, spawnReady } from '../test/process/spawn-ready.ts';
import { cpuSecondsOf, keepEvidence, machine, median, requireDisk } from './figures.ts';
import { type Load, type LoadOrder, type LoadResult, startLoad } from './load/load.ts';

const CONNECTIONS = 64;
const WARM_UP = 20_000;

interface Burst extends LoadResult {
  /** CPU time that the serving process took, in microseconds per request. */
  readonly cpuMicros: number;
}

interface Round {
  readonly bare: Burst;
  readonly wrap: Burst;
}

/**
 * Audited, durable wraps per second beside a bare Fastify with the same schemas and bodies, in interleaved rounds. Gives no figure
 * where it would not be one: data in memory, an acknowledged request without an audit record, a chain that does not verify.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '3' },
      'data-dir': { type: 'string', default: tmpdir() },
      'cpu-prof': { type: 'string' },
    },
  });
  requireDisk(values['data-dir']);
  const dataDir = mkdtempSync(join(values['data-dir'], 'rootward-bench-'));
  // A profile is for reading: the rounds of a profiled server are no figures.
  const execArgv = values['cpu-prof'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values['cpu-prof']}`];
  const server = await startServerProcess(dataDir, { execArgv });
  try {
    const measured = await measure(server, Number(values.rounds), Number(values.seconds));
    if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
    const records = await countWraps(dataDir, measured.acknowledged);
    report(measured.rounds, records, values['cpu-prof'] === undefined);
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  }
}

async function measure(server: ServerProcess, rounds: number, seconds: number) {
  const { url, apiKey, resourceGroupId } = server.said;
  const api = await logIn(url, apiKey);
  const instance = await addInstance(api, resourceGroupId);
  const id = await addRootKey(api, instance);
  const path = `/api/v2/keys/${id}/actions/wrap`;
  const body = { plaintext: Buffer.alloc(32, 7).toString('base64'), aad: ['cluster', 'node-1'] };
  const sample = await api.send('POST', path, body, { 'bluemix-instance': instance });
  if (sample.status !== 200) throw new Error(`wrap answered ${sample.status}`);
  const bare = await spawnReady<{ url: string }>(join(import.meta.dirname, 'baseline/bare-fastify.ts'), [
    JSON.stringify(sample.body),
  ]);
  const order = (origin: string, amount: number): LoadOrder => ({
    url: origin + path,
    method: 'POST',
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', 'bluemix-instance': instance },
    body: JSON.stringify(body),
    connections: CONNECTIONS,
    amount,
  });
  using load = startLoad();
  try {
    return await interleave(load, { bare, server, order, rounds, seconds });
  } finally {
    await bare.end('SIGKILL');
  }
}

async function interleave(
  load: Load,
  of: {
    readonly bare: ReadyProcess<{ url: string }>;
    readonly server: ServerProcess;
    readonly order: (origin: string, amount: number) => LoadOrder;
    readonly rounds: number;
    readonly seconds: number;
  },
) {
  const warmBare = await load.send(of.order(of.bare.said.url, WARM_UP));
  const warmWrap = await load.send(of.order(of.server.said.url, WARM_UP));
  const amountOf = (warm: LoadResult) =>
    Math.max(CONNECTIONS, Math.round(((warm.answered / warm.seconds) * of.seconds) / CONNECTIONS) * CONNECTIONS);
  const burst = async ({ child, said }: ReadyProcess<{ url: string }>, amount: number): Promise<Burst> => {
    const before = cpuSecondsOf(child.pid);
    const result = await load.send(of.order(said.url, amount));
    return { ...result, cpuMicros: ((cpuSecondsOf(child.pid) - before) / amount) * 1e6 };
  };
  // One sample request, the warm-up, and the rounds.
  let acknowledged = 1 + WARM_UP;
  const rounds: Round[] = [];
  for (let index = 0; index < of.rounds; index += 1) {
    const bare = await burst(of.bare, amountOf(warmBare));
    const wrap = await burst(of.server, amountOf(warmWrap));
    acknowledged += wrap.answered;
    rounds.push({ bare, wrap });
    process.stderr.write(
      `round ${index + 1}: bare ${perSecond(bare)}/s, wrap ${perSecond(wrap)}/s, ratio ${ratioOf({ bare, wrap }).toFixed(2)}, CPU ${Math.round(bare.cpuMicros)} and ${Math.round(wrap.cpuMicros)} µs\n`,
    );
  }
  return { rounds, acknowledged };
}

async function countWraps(dataDir: string, acknowledged: number): Promise<number> {
  const { report: verdict } = await examineAudit(dataDir);
  const problems = verdict.chains.flatMap((chain) => chain.problems);
  if (!verdict.ok) throw new Error(`the audit chain does not verify: ${problems[0]?.message}`);
  let records = 0;
  for (const { action, outcome } of auditRecords(dataDir))
    if (action === 'kms.secrets.wrap' && outcome === 'success') records += 1;
  if (records !== acknowledged) throw new Error(`${acknowledged} wraps were acknowledged, the audit log has ${records}`);
  return records;
}

function report(rounds: readonly Round[], records: number, isKept: boolean): void {
  const of = (variant: keyof Round) => ({
    requestsPerSecond: Math.round(median(rounds.map((round) => perSecond(round[variant])))),
    p50Ms: rounded(median(rounds.map((round) => round[variant].p50))),
    p99Ms: rounded(median(rounds.map((round) => round[variant].p99))),
    cpuMicros: rounded(median(rounds.map((round) => round[variant].cpuMicros))),
  });
  const figures = {
    bare: of('bare'),
    wrap: of('wrap'),
    ratio: rounded(median(rounds.map(ratioOf))),
    p99Ratio: rounded(median(rounds.map(({ bare, wrap }) => wrap.p99 / bare.p99))),
    rounds: rounds.length,
    connections: CONNECTIONS,
    acknowledgedAndAudited: records,
  };
  const line = (name: string, { requestsPerSecond, p50Ms, p99Ms, cpuMicros }: typeof figures.bare) =>
    `${name.padEnd(32)} ${String(requestsPerSecond).padStart(7)} requests/s   p50 ${p50Ms} ms   p99 ${p99Ms} ms   CPU ${cpuMicros} µs\n`;
  process.stdout.write(
    `${line('bare Fastify, no work', figures.bare)}${line('wrap, audited before the reply', figures.wrap)}` +
      `wrap / bare ${figures.ratio}, p99 ratio ${figures.p99Ratio}; medians of ${rounds.length} paired rounds, ${CONNECTIONS} connections\n` +
      `${records} wraps acknowledged, as many audit records, chain verified\n`,
  );
  if (isKept)
    process.stdout.write(`${keepEvidence('bench-wrap', { command: 'npm run bench -- wrap', ...figures, machine: machine() })}\n`);
}

const perSecond = ({ answered, seconds }: LoadResult): number => Math.round(answered / seconds);
const ratioOf = ({ bare, wrap }: Round): number => perSecond(wrap) / perSecond(bare);
const rounded = (value: number): number => Math.round(value * 100) / 100;
