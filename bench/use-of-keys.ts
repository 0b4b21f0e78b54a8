import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ServerProcess, startServerProcess } from '../test/process/server-process.ts';
import { type ReadyProcess, spawnReady } from '../test/process/spawn-ready.ts';
import { requireAudited } from './audited.ts';
import { keepEvidence, machine, median, requireDisk } from './figures.ts';
import { type LoadOrder, startLoad } from './load/load.ts';
import { findPin } from './pin.ts';
import { prepareUse, type Use } from './prepare-use.ts';
import { type Contested, interleave, lineOf, ratioOf, rounded, summarise } from './rounds.ts';

const CONNECTIONS = 64;
/** The engine compiles the whole way of a request anew several times before it is as fast as it gets. */
const WARM_UP = 100_000;

/**
 * Audited, durable uses of one key beside a bare Fastify with the same schemas and bodies, in interleaved rounds; both servers on one
 * core, the load on another. Gives no figure where it would not be one: data in memory, an acknowledged request without an audit
 * record, a chain that does not verify.
 */
export async function measureUse(use: Use, args: string[]): Promise<void> {
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
  const profile = values['cpu-prof'];
  const execArgv = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${profile}`];
  const server = await startServerProcess(dataDir, { execArgv });
  try {
    const measured = await measure(use, server, Number(values.rounds), Number(values.seconds));
    if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
    await requireAudited(dataDir, `kms.secrets.${use}`, measured.answered);
    report(use, measured, profile === undefined);
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  }
}

interface Measured extends Contested {
  readonly isPinned: boolean;
}

async function measure(use: Use, server: ServerProcess, rounds: number, seconds: number): Promise<Measured> {
  const { path, body, headers, reply } = await prepareUse(use, server.said);
  const bare = await spawnReady<{ url: string }>(join(import.meta.dirname, 'baseline/bare-fastify.ts'), [use, reply]);
  const contestant = ({ child, said }: ReadyProcess<{ url: string }>) => ({
    pid: child.pid,
    order: (amount: number): LoadOrder => ({
      url: said.url + path,
      method: 'POST',
      headers,
      body,
      connections: CONNECTIONS,
      amount,
    }),
  });
  using load = startLoad();
  const pin = findPin();
  for (const { child } of [server, bare]) pin?.(child.pid, 0);
  pin?.(load.pid, 1);
  try {
    const contest = { baseline: contestant(bare), measured: contestant(server), rounds, seconds };
    const { answered, ...result } = await interleave(load, { ...contest, warmUp: WARM_UP, connections: CONNECTIONS });
    // The sample request was one of them.
    return { ...result, answered: answered + 1, isPinned: pin !== undefined };
  } finally {
    await bare.end('SIGKILL');
  }
}

function report(use: Use, { rounds, answered, isPinned }: Measured, isKept: boolean): void {
  const figures = {
    bare: summarise(rounds.map(({ baseline }) => baseline)),
    [use]: summarise(rounds.map(({ measured }) => measured)),
    ratio: rounded(median(rounds.map(ratioOf))),
    p99Ratio: rounded(median(rounds.map(({ baseline, measured }) => measured.p99 / baseline.p99))),
    cpuRatio: rounded(median(rounds.map(({ baseline, measured }) => measured.cpuMicros / baseline.cpuMicros))),
    rounds: rounds.length,
    connections: CONNECTIONS,
    placement: isPinned ? 'both servers on core 0, the load on core 1' : 'not pinned: no second core or no taskset',
    acknowledgedAndAudited: answered,
  };
  process.stdout.write(
    `${lineOf('bare Fastify, no work', figures.bare)}${lineOf(`${use}, audited before the reply`, summarise(rounds.map(({ measured }) => measured)))}` +
      `${use} / bare ${figures.ratio}, p99 ratio ${figures.p99Ratio}, CPU ratio ${figures.cpuRatio}; medians of ${rounds.length} paired rounds, ${CONNECTIONS} connections, ${figures.placement}\n` +
      `${answered} × ${use} acknowledged, as many audit records, chain verified\n`,
  );
  if (!isKept) return;
  const file = keepEvidence(`bench-${use}`, { command: `npm run bench -- ${use}`, ...figures, machine: machine() });
  process.stdout.write(`${file}\n`);
}
