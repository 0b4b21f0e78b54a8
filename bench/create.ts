import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { addInstance, logIn, newKey } from '../test/process/api.ts';
import { type PrivatePostgres, startPostgres } from '../test/process/postgres.ts';
import { auditRecords } from '../test/process/read-audit.ts';
import { type ServerFacts, startServerProcess } from '../test/process/server-process.ts';
import { requireAudited } from './audited.ts';
import { keepEvidence, machine, median, requireDisk } from './figures.ts';
import { type LoadOrder, startLoad } from './load/load.ts';
import { perSecond, rounded } from './rounds.ts';

const CONNECTIONS = 64;
const WARM_UP = 2000;
/** Sealed material of a version: 32 bytes, nonce, tag and format. */
const SEALED_BYTES = 80;

interface Round {
  readonly raw: number;
  readonly created: number;
}

/**
 * `npm run bench -- create`: root keys created per second beside the engine's own rate of durable commits, one row of as many bytes
 * after the other. `--engine postgres` does the same on a PostgreSQL of its own.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '12' },
      amount: { type: 'string', default: '1600' },
      engine: { type: 'string', default: 'sqlite' },
      'data-dir': { type: 'string', default: tmpdir() },
    },
  });
  requireDisk(values['data-dir']);
  const isPostgres = values.engine === 'postgres';
  if (!isPostgres && values.engine !== 'sqlite') throw new Error('--engine is sqlite or postgres');
  const postgres = isPostgres ? await startPostgres() : undefined;
  const dataDir = mkdtempSync(join(values['data-dir'], 'rootward-bench-'));
  try {
    await measure(dataDir, postgres, Number(values.rounds), Number(values.amount));
  } finally {
    rmSync(dataDir, { recursive: true });
    await postgres?.stop();
  }
}

async function measure(dataDir: string, postgres: PrivatePostgres | undefined, count: number, amount: number): Promise<void> {
  const database = await postgres?.createDatabase('empty');
  const raw = await postgres?.createDatabase('empty');
  const server = await startServerProcess(dataDir, { env: database ? { ROOTWARD_STORE_URL: database.url } : {} });
  try {
    const { order, shownBytes } = await prepare(server.said);
    const bytes = shownBytes + SEALED_BYTES + recordBytes(dataDir);
    using load = startLoad();
    await load.send(order(WARM_UP));
    const rounds: Round[] = [];
    for (let index = 0; index < count; index += 1) {
      const commits = await commitsPerSecond(raw?.url ?? join(dataDir, `raw-${index}.db`), amount, bytes);
      const round = { raw: commits, created: perSecond(await load.send(order(amount))) };
      rounds.push(round);
      process.stderr.write(`round ${index + 1}: ${Math.round(round.raw)} commits/s, ${round.created} keys/s\n`);
    }
    if ((await server.end('SIGTERM')) !== 0) throw new Error('the server did not end cleanly');
    await requireAudited(dataDir, 'kms.secrets.create', 1 + WARM_UP + count * amount, database?.url);
    report(rounds, bytes, database ? 'postgres' : 'sqlite');
  } finally {
    await server.end('SIGKILL');
  }
}

async function prepare({ url, apiKey, resourceGroupId }: ServerFacts) {
  const api = await logIn(url, apiKey);
  const instance = await addInstance(api, resourceGroupId);
  const made = await api.send('POST', '/api/v2/keys', newKey({}), { 'bluemix-instance': instance });
  if (made.status !== 201) throw new Error(`create answered ${made.status}`);
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', 'bluemix-instance': instance };
  const body = JSON.stringify(newKey({}));
  const order = (amount: number): LoadOrder => ({
    url: `${url}/api/v2/keys`,
    method: 'POST',
    headers,
    body,
    connections: CONNECTIONS,
    amount,
    status: 201,
  });
  return { order, shownBytes: JSON.stringify(made.body.resources[0]).length };
}

/** What an audit record of a creation has, of which the store gets one with each key. */
function recordBytes(dataDir: string): number {
  for (const record of auditRecords(dataDir)) if (record.action === 'kms.secrets.create') return JSON.stringify(record).length;
  throw new Error('the key that was created has no audit record');
}

async function commitsPerSecond(place: string, amount: number, bytes: number): Promise<number> {
  const script = join(import.meta.dirname, 'baseline/engine-commits.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, place, String(amount), String(bytes)]);
  return amount / (JSON.parse(stdout) as { seconds: number }).seconds;
}

function report(rounds: readonly Round[], bytes: number, engine: 'sqlite' | 'postgres'): void {
  const figures = {
    engine,
    rawCommitsPerSecond: Math.round(median(rounds.map(({ raw }) => raw))),
    keysPerSecond: Math.round(median(rounds.map(({ created }) => created))),
    ratio: rounded(median(rounds.map(({ raw, created }) => created / raw))),
    bytesPerRow: bytes,
    rounds: rounds.length,
    connections: CONNECTIONS,
  };
  process.stdout.write(
    `${engine}, one row of ${bytes} bytes per commit   ${figures.rawCommitsPerSecond} commits/s\n` +
      `root keys created, audited          ${figures.keysPerSecond} keys/s\n` +
      `keys / commits ${figures.ratio}; medians of ${rounds.length} paired rounds, ${CONNECTIONS} connections; every key has its audit record, chain verified\n`,
  );
  const name = engine === 'sqlite' ? 'bench-create' : 'bench-create-postgres';
  const command = engine === 'sqlite' ? 'npm run bench -- create' : 'npm run bench -- create --engine postgres';
  process.stdout.write(`${keepEvidence(name, { command, ...figures, machine: machine() })}\n`);
}
