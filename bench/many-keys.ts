import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { addInstance, logIn } from '../test/process/api.ts';
import { type ServerProcess, startServerProcess } from '../test/process/server-process.ts';
import { requireAudited } from './audited.ts';
import { keepEvidence, machine, median, requireDisk } from './figures.ts';
import { type Ask, type Connection, connectTo } from './one-by-one.ts';
import { rounded } from './rounds.ts';
import { seedKeys } from './seed-keys.ts';

const FEW = 1000;
const ASKED = 200;
/** Each key once in all rounds, so that its record and its material are read from the store. */
const COLD = 80;
const BODY = JSON.stringify({ plaintext: Buffer.alloc(32, 7).toString('base64'), aad: ['cluster', 'node-1'] });

type Figure = 'listMs' | 'metadataMs' | 'warmWrapMs' | 'coldWrapMs';
type Figures = Readonly<Record<Figure, number>>;

interface Side {
  readonly dataDir: string;
  readonly keys: number;
  readonly server: ServerProcess;
  readonly connection: Connection;
  readonly ids: readonly string[];
  readonly startMs: number;
  readonly rssMiBAtStart: number;
}

/** `npm run bench -- many-keys`: one instance with 10^6 keys beside one with 10^3, each on a server of its own. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      keys: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '12' },
      'data-dir': { type: 'string', default: tmpdir() },
    },
  });
  const rounds = Number(values.rounds);
  if (rounds * COLD > FEW)
    throw new Error(`at most ${Math.floor(FEW / COLD)} rounds: each takes ${COLD} keys that were not used yet`);
  requireDisk(values['data-dir']);
  const open: Side[] = [];
  try {
    for (const keys of [FEW, Number(values.keys)]) open.push(await openSide(values['data-dir'], keys));
    const [few, many] = open;
    if (!few || !many) throw new Error('there is nothing to compare');
    const pairs: { readonly few: Figures; readonly many: Figures }[] = [];
    for (let index = 0; index < rounds; index += 1) {
      pairs.push({ few: await askAll(few, index), many: await askAll(many, index) });
      process.stderr.write(`round ${index + 1}: ${JSON.stringify(pairs.at(-1))}\n`);
    }
    const rss = { few: rssMiB(few.server), many: rssMiB(many.server) };
    for (const { server, dataDir } of open) {
      if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
      await requireAudited(dataDir, 'kms.secrets.wrap', rounds * (COLD + ASKED));
    }
    report(few, many, rss, pairs);
  } finally {
    for (const { server, connection, dataDir } of open) {
      connection[Symbol.dispose]();
      await server.end('SIGKILL');
      rmSync(dataDir, { recursive: true });
    }
  }
}

async function openSide(parent: string, keys: number): Promise<Side> {
  const dataDir = mkdtempSync(join(parent, 'rootward-bench-'));
  const first = await startServerProcess(dataDir);
  const api = await logIn(first.said.url, first.said.apiKey);
  const instance = await addInstance(api, first.said.resourceGroupId);
  if ((await first.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
  const ids = await seedKeys(dataDir, instance, keys);
  const started = performance.now();
  const server = await startServerProcess(dataDir);
  const startMs = performance.now() - started;
  const { token } = await logIn(server.said.url, server.said.apiKey);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'bluemix-instance': instance };
  const connection = connectTo(server.said.url, headers);
  return { dataDir, keys, server, connection, ids, startMs, rssMiBAtStart: rssMiB(server) };
}

async function askAll({ connection, ids }: Side, round: number): Promise<Figures> {
  // Far from each other in an index, and no key twice.
  const cold = Array.from({ length: COLD }, (_, at) => ids[Math.floor(((round * COLD + at) * ids.length) / FEW)] ?? '');
  const [warm = ''] = cold;
  const repeat = (ask: Ask, times: number): Ask[] => Array.from({ length: times }, () => ask);
  const wrap = (id: string): Ask => ({ method: 'POST', path: `/api/v2/keys/${id}/actions/wrap`, body: BODY });
  return {
    coldWrapMs: await connection.p50(cold.map(wrap)),
    warmWrapMs: await connection.p50(repeat(wrap(warm), ASKED)),
    metadataMs: await connection.p50(cold.map((id) => ({ method: 'GET', path: `/api/v2/keys/${id}/metadata` }))),
    listMs: await connection.p50(repeat({ method: 'GET', path: '/api/v2/keys' }, ASKED / 4)),
  };
}

function rssMiB({ child }: ServerProcess): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

function report(
  few: Side,
  many: Side,
  rssAtEnd: { readonly few: number; readonly many: number },
  pairs: readonly { readonly few: Figures; readonly many: Figures }[],
): void {
  const names: readonly Figure[] = ['listMs', 'metadataMs', 'warmWrapMs', 'coldWrapMs'];
  const of = (side: Side, rssMiBAtEnd: number, pick: (pair: (typeof pairs)[number]) => Figures) => ({
    keys: side.keys,
    startMs: Math.round(side.startMs),
    rssMiBAtStart: side.rssMiBAtStart,
    rssMiBAtEnd,
    ...Object.fromEntries(names.map((name) => [name, rounded(median(pairs.map((pair) => pick(pair)[name])))])),
  });
  const ratios = Object.fromEntries(
    names.map((name) => [name, rounded(median(pairs.map((pair) => pair.many[name] / pair.few[name])))]),
  );
  const figures = {
    few: of(few, rssAtEnd.few, (pair) => pair.few),
    many: of(many, rssAtEnd.many, (pair) => pair.many),
    ratios: {
      ...ratios,
      start: rounded(many.startMs / few.startMs),
      rssAtStart: rounded(many.rssMiBAtStart / few.rssMiBAtStart),
    },
    rounds: pairs.length,
    connections: 1,
    what: 'p50 of one request after the other: first page of the list, metadata, a wrap with a key in memory, a wrap with a key that was never used',
  };
  process.stdout.write(
    `${few.keys} keys   ${JSON.stringify(figures.few)}\n${many.keys} keys   ${JSON.stringify(figures.many)}\nratios   ${JSON.stringify(figures.ratios)}; medians of ${pairs.length} paired rounds\n`,
  );
  process.stdout.write(
    `${keepEvidence('bench-many-keys', { command: 'npm run bench -- many-keys', ...figures, machine: machine() })}\n`,
  );
}
