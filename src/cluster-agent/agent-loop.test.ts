import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeClusterFile } from '../controlplane/cluster-file.ts';

const API_KEY = 'agent-api-key-that-no-log-may-show';
const SERVER_ID = 'server-1';

interface Received {
  readonly path: string;
  readonly body: { readonly [name: string]: unknown };
}

let directory: string;
let server: FastifyInstance;
let received: Received[];
let steps: object[];
let progressStatus: number;
let reportStatuses: number[];
let serverId: string;
let agent: ChildProcess;
let log: string;

/** A step that waits for a plugin that never comes. */
const waiting = { runId: 'r1', stepId: 'r1.install', name: 'install', fence: 3, parameters: { keyId: 'k1' } };
const unknown = { runId: 'r2', stepId: 'r2.dance', name: 'dance', fence: 1, parameters: {} };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agent-loop-'));
  [received, steps, progressStatus, reportStatuses, serverId, log] = [[], [], 204, [], SERVER_ID, ''];
  server = fastify({ forceCloseConnections: true });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  server.addHook('onSend', async (_request, reply) => {
    reply.header('rootward-server-id', serverId);
  });
  server.post('/identity/token', async () => ({ access_token: 'token-1', expires_in: 3600 }));
  server.post('/v2/kms/agent/poll', async () => {
    const step = steps.shift() ?? null;
    if (step === null) await sleep(50);
    return { step };
  });
  server.post('/v2/kms/agent/:what', async (request, reply) => {
    const path = request.url.slice('/v2/kms/agent/'.length);
    received.push({ path, body: request.body as Received['body'] });
    return reply.code(path === 'progress' ? progressStatus : (reportStatuses.shift() ?? 204)).send();
  });
  const serverUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  writeClusterFile(directory, { apiservers: ['https://127.0.0.1:1'], etcd: [], etcdPeers: [], runtime: directory });
  const apiKeyFile = join(directory, 'api-key');
  await writeFile(apiKeyFile, API_KEY, { mode: 0o600 });
  const config = { serverUrl, apiKeyFile, clusterId: 'c1', serverId: SERVER_ID, clusterDirectory: directory, agentId: 'a1' };
  await writeFile(join(directory, 'agent.json'), JSON.stringify(config), { mode: 0o600 });
});

afterEach(async () => {
  agent?.kill('SIGKILL');
  await server.close();
  await rm(directory, { recursive: true });
});

function start(): void {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const program = `const { main } = await import(${JSON.stringify(main)}); await main(['--config', ${JSON.stringify(join(directory, 'agent.json'))}]);`;
  agent = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'inherit', 'pipe'] });
  agent.stderr?.on('data', (text) => {
    log += text;
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !condition(); await sleep(20)) {
    if (performance.now() > end) throw new Error(`it did not happen; log: ${log}`);
  }
}

async function endOf(signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(agent, 'exit');
  agent.kill(signal);
  const [code] = await exit;
  return code;
}

const reports = () => received.filter(({ path }) => path === 'report').map(({ body }) => body);

describe('the agent as a process', { timeout: 30_000 }, () => {
  it('reports under the fence of the step, again until the server has it, and shows no secret in its log', async () => {
    steps = [unknown];
    reportStatuses = [503, 204];
    start();
    await until(() => reports().length === 2);
    const expected = { runId: 'r2', stepId: 'r2.dance', fence: 1, outcome: 'failed', error: { code: 'NOT_SUPPORTED' } };
    expect(reports()[1]).toMatchObject(expected);
    expect(await endOf('SIGTERM')).toBe(0);
    expect(log).toContain('step ended');
    expect(log).not.toMatch(/agent-api-key|token-1/);
  });

  it('abandons a step that somebody else has, without a report', async () => {
    steps = [waiting, unknown];
    progressStatus = 409;
    start();
    await until(() => reports().length > 0);
    expect(reports().map(({ runId }) => runId)).toEqual(['r2']);
    expect(log).toContain('STEP_FENCED');
  });

  it('tells how far it is at most once a second', async () => {
    steps = [waiting];
    start();
    await until(() => received.length > 0);
    await sleep(2_500);
    expect(received.length).toBeLessThanOrEqual(4);
    expect(received[0]).toMatchObject({ path: 'progress', body: { fence: 3, progress: { done: 0, total: 1 } } });
  });

  it('gives the step back and exits 0 on SIGTERM in the middle of it', async () => {
    steps = [waiting];
    start();
    await until(() => received.length > 0);
    expect(await endOf('SIGTERM')).toBe(0);
    expect(reports()).toMatchObject([{ runId: 'r1', fence: 3, outcome: 'retry', error: { code: 'SHUTTING_DOWN' } }]);
  });

  it('does nothing that another server tells it', async () => {
    serverId = 'server-2';
    steps = [unknown];
    start();
    await until(() => log.includes('no step could be fetched'));
    expect(received).toEqual([]);
    serverId = SERVER_ID;
    await until(() => reports().length > 0);
  });

  it('refuses a configuration that others may read', async () => {
    await rm(join(directory, 'agent.json'));
    await writeFile(join(directory, 'agent.json'), '{}', { mode: 0o644 });
    start();
    const [code] = await once(agent, 'exit');
    expect(code).not.toBe(0);
    expect(log).toContain('chmod 600');
  });
});
