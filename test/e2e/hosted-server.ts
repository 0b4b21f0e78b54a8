/** A whole server as people run it, `rootward up`, on a data directory and a port of its own: it can be killed and started again. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, logIn } from '../process/api.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/rootward.cjs');

/** The line of `up --json`, as far as tests read it. */
interface Said {
  readonly url: string;
  readonly account_id: string;
  readonly resource_group_id: string;
  readonly api_key: string;
}

/** Waits of the documented lifecycle that no test should sit through. */
const SHORT_WAITS = {
  ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '1',
  ROOTWARD_LIFECYCLE_RESTORE_AFTER_DELETE_SECONDS: '1',
  ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '0',
  ROOTWARD_CLUSTERS_KEY_WATCH_SECONDS: '1',
};

export interface HostedServer {
  readonly dataDir: string;
  readonly accountId: string;
  readonly resourceGroupId: string;
  readonly url: string;
  /** Of the account's owner. */
  readonly apiKey: string;
  /** Acts as the account's owner. */
  readonly owner: Api;
  readonly pid: number;
  readonly isRunning: boolean;
  /** SIGKILL; hosted clusters run on. */
  kill(): Promise<void>;
  /** Resolves when the process has ended by itself. */
  ended(): Promise<void>;
  /** Starts the next server on the same data and port. */
  start(): Promise<void>;
  /** SIGTERM, which with `--dev` stops hosted clusters too. */
  stop(): Promise<void>;
  /** Stops what runs and removes the data. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startHostedServer(env: NodeJS.ProcessEnv = {}): Promise<HostedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rootward-e2e-'));
  // A fixed port, so that the processes of clusters find the next server where they found this one.
  const flags = ['--listen', `127.0.0.1:${await freePort()}`, '--management-listen', '127.0.0.1:0', '--data-dir', dataDir];
  const spawn = () =>
    spawnReady<Said>(PROGRAM, ['up', '--dev', '--json', ...flags], { env: { ...SHORT_WAITS, ...env }, patienceMs: 60_000 });
  let current: ReadyProcess<Said> = await spawn();
  const first = current.said;
  const owner = await logIn(first.url, first.api_key);
  const isRunning = () => current.child.exitCode === null && current.child.signalCode === null;
  const server: HostedServer = {
    dataDir,
    accountId: first.account_id,
    resourceGroupId: first.resource_group_id,
    url: first.url,
    apiKey: first.api_key,
    owner,
    get pid() {
      return current.child.pid ?? 0;
    },
    get isRunning() {
      return isRunning();
    },
    async kill() {
      if (isRunning()) await current.end('SIGKILL');
    },
    async ended() {
      if (isRunning()) await once(current.child, 'exit');
    },
    async start() {
      current = await spawn();
    },
    async stop() {
      if (isRunning()) await current.end('SIGTERM');
    },
    async [Symbol.asyncDispose]() {
      // Only a running server knows how to stop its clusters.
      if (!isRunning()) await server.start();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
