import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { API_KEY_GRANT } from '../src/contract/tokens/grant.ts';
import { type ServerProcess, startServerProcess } from '../test/process/server-process.ts';
import { requireAudited } from './audited.ts';
import { cpuSecondsOf, keepEvidence, machine, median, requireDisk } from './figures.ts';
import { type Ask, type Connection, connectTo } from './one-by-one.ts';
import { rounded } from './rounds.ts';
import { seedIdentities } from './seed-identities.ts';

const ASKED = 400;
/** Of each side before its first round. */
const WARM_UP = 200;
const LOGIN = 'iam-identity.serviceid-apikey.login';

interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server for one token; what else runs on the machine disturbs it least. */
  readonly cpuMicros: number;
}

interface Side {
  readonly dataDir: string;
  readonly apiKeys: number;
  readonly serviceIds: number;
  readonly server: ServerProcess;
  readonly connection: Connection;
  readonly secrets: readonly string[];
}

/** `npm run bench -- tokens`: tokens of a system with 10^5 API keys and 10^4 service IDs beside those of one that is empty. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'api-keys': { type: 'string', default: '100000' },
      'service-ids': { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '25' },
      'data-dir': { type: 'string', default: tmpdir() },
    },
  });
  const rounds = Number(values.rounds);
  requireDisk(values['data-dir']);
  const open: Side[] = [];
  try {
    const sizes = [
      [1, 1],
      [Number(values['service-ids']), Number(values['api-keys'])],
    ] as const;
    for (const [serviceIds, apiKeys] of sizes) open.push(await openSide(values['data-dir'], serviceIds, apiKeys));
    const [empty, full] = open;
    if (!empty || !full) throw new Error('there is nothing to compare');
    for (const side of open) await side.connection.latencies(asks(side, WARM_UP));
    const pairs: { readonly empty: Figures; readonly full: Figures }[] = [];
    for (let index = 0; index < rounds; index += 1) {
      pairs.push({ empty: await measure(empty), full: await measure(full) });
      process.stderr.write(`round ${index + 1}: ${JSON.stringify(pairs.at(-1))}\n`);
    }
    for (const { server, dataDir } of open) {
      if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
      await requireAudited(dataDir, LOGIN, WARM_UP + rounds * ASKED);
    }
    report(empty, full, pairs);
  } finally {
    for (const { server, connection, dataDir } of open) {
      connection[Symbol.dispose]();
      await server.end('SIGKILL');
      rmSync(dataDir, { recursive: true });
    }
  }
}

async function openSide(parent: string, serviceIds: number, apiKeys: number): Promise<Side> {
  const dataDir = mkdtempSync(join(parent, 'rootward-bench-'));
  const first = await startServerProcess(dataDir);
  if ((await first.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
  const secrets = await seedIdentities(dataDir, serviceIds, apiKeys);
  const server = await startServerProcess(dataDir);
  const connection = connectTo(server.said.url, { 'content-type': 'application/x-www-form-urlencoded' });
  return { dataDir, apiKeys, serviceIds, server, connection, secrets };
}

/** Each token with another key, wherever in the index that is. */
function asks({ secrets }: Side, count: number): Ask[] {
  return Array.from({ length: count }, () => {
    const apikey = secrets[Math.floor(Math.random() * secrets.length)] ?? '';
    const body = new URLSearchParams({ grant_type: API_KEY_GRANT, apikey, response_type: 'cloud_iam' }).toString();
    return { method: 'POST', path: '/identity/token', body };
  });
}

async function measure(side: Side): Promise<Figures> {
  const { pid } = side.server.child;
  const wanted = asks(side, ASKED);
  const before = cpuSecondsOf(pid);
  const latencies = await side.connection.latencies(wanted);
  const cpuMicros = ((cpuSecondsOf(pid) - before) / ASKED) * 1e6;
  const at = (part: number): number => rounded(latencies[Math.floor(latencies.length * part)] ?? Number.NaN);
  return { p50Ms: at(0.5), p99Ms: at(0.99), cpuMicros: rounded(cpuMicros) };
}

function report(empty: Side, full: Side, pairs: readonly { readonly empty: Figures; readonly full: Figures }[]): void {
  const names: readonly (keyof Figures)[] = ['p50Ms', 'p99Ms', 'cpuMicros'];
  const of = ({ apiKeys, serviceIds }: Side, pick: (pair: (typeof pairs)[number]) => Figures) => ({
    apiKeys,
    serviceIds,
    ...Object.fromEntries(names.map((name) => [name, rounded(median(pairs.map((pair) => pick(pair)[name])))])),
  });
  const figures = {
    empty: of(empty, (pair) => pair.empty),
    full: of(full, (pair) => pair.full),
    ratios: Object.fromEntries(
      names.map((name) => [name, rounded(median(pairs.map((pair) => pair.full[name] / pair.empty[name])))]),
    ),
    rounds: pairs.length,
    tokensPerRound: ASKED,
    connections: 1,
    what: 'one token after the other, by grant apikey, each with another key: medians of paired rounds, and of the ratio in each pair',
  };
  process.stdout.write(
    `empty   ${JSON.stringify(figures.empty)}\nfull    ${JSON.stringify(figures.full)}\nratios  ${JSON.stringify(figures.ratios)}\n`,
  );
  process.stdout.write(
    `${keepEvidence('bench-tokens', { command: 'npm run bench -- tokens', ...figures, machine: machine() })}\n`,
  );
}
