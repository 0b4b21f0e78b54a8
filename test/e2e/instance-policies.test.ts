/** Policies of an instance by the command line, on a server with two listeners: also the way back for who has shut everybody out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditRecords } from '../process/read-audit.ts';
import { PROGRAM, runCli } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';

interface Said {
  readonly url: string;
  readonly private_url: string;
  readonly management_url: string;
}

const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0', '--private-listen', '127.0.0.1:0'];
let root: string;
let dataDir: string;
let server: ReadyProcess<Said>;
let instance: string;

const up = () => spawnReady<Said>(PROGRAM, ['up', '--json', '--dev', ...FREE, '--data-dir', dataDir], { patienceMs: 60_000 });
const rw = (...words: string[]) => runCli(words, { ROOTWARD_DATA_DIR: dataDir, KP_INSTANCE_ID: instance }, root);
const byPrivate = (...words: string[]) =>
  rw(...words, '--url', server.said.private_url, '--api-key-file', join(dataDir, 'dev-api-key'));

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rootward-policies-'));
  dataDir = join(root, 'data');
  server = await up();
  const made = await rw('resource', 'service-instance-create', 'keys', 'kms', 'tiered-pricing', 'us-south', '--output', 'json');
  expect(made.status, made.err).toBe(0);
  instance = (JSON.parse(made.out) as { guid: string }).guid;
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(root, { recursive: true });
});

test('policies of an instance are set and shown', async () => {
  const set = await rw('kp', 'instance', 'policy-update', 'rotation', '--enable', '-m', '3');
  expect([set.status, set.err]).toEqual([0, 'The policy is on.\n']);
  for (const words of [
    ['dual-auth-delete', '--disable'],
    ['metrics', '-e'],
    ['key-create-import-access', '-e', '--import-standard-key', 'false'],
    ['allowed-ip', '-e', '--allowed-ip', '127.0.0.0/8', '::1/128'],
  ]) {
    expect((await rw('kp', 'instance', 'policy-update', ...words)).status).toBe(0);
  }
  const shown = await rw('kp', 'instance', 'policies');
  expect(shown.out).toMatch(/rotation\s+yes\s+interval_month: 3/);
  expect(shown.out).toMatch(/allowedIP\s+yes\s+allowed_ip: 127\.0\.0\.0\/8, ::1\/128/);
  expect(shown.out).toMatch(/dualAuthDelete\s+no/);
  const two = await rw('kp', 'instance', 'policies', '-m', '-r', '--output', 'json');
  const listed = JSON.parse(two.out) as { readonly policy_type: string }[];
  expect(listed.map(({ policy_type }) => policy_type)).toEqual(['metrics', 'rotation']);
  for (const words of [
    ['rotation'],
    ['rotation', '-e'],
    ['rotation', '-e', '-d'],
    ['rotation', '-e', '-m', 'three'],
    ['allowed-ip', '-e'],
  ])
    expect((await rw('kp', 'instance', 'policy-update', ...words)).status).toBe(1);
});

test('the metrics of the instance are among those of the server', async () => {
  const metrics = await (await fetch(`${server.said.management_url}/metrics`)).text();
  expect(metrics).toContain(`ibm_kms_api_request_gauge{ibm_resource="${instance}",ibm_kms_api="kms.instance-policies.read"`);
});

test('policies of a key are set and shown, and one that takes two people is not deleted by one', async () => {
  const made = await rw('kp', 'key', 'create', 'payments', '--output', 'json');
  const { id } = JSON.parse(made.out) as { id: string };
  expect((await rw('kp', 'key', 'policies', id)).out).toMatch(/rotation\s+yes\s+3/);
  expect((await rw('kp', 'key', 'policy-update', 'rotation', id, '--disable')).status).toBe(0);
  expect((await rw('kp', 'key', 'policies', id, '--rotation')).out).toMatch(/rotation\s+no\s+3/);
  expect((await rw('kp', 'key', 'policy-update', 'dual-auth-delete', id, '-e')).status).toBe(0);
  expect((await rw('kp', 'key', 'schedule-delete', id)).err).toContain('Somebody else deletes the key');
  const refused = await rw('kp', 'key', 'delete', id);
  expect([refused.status, refused.err]).toEqual([5, expect.stringContaining('KEY_DELETION_AUTHORIZATIONS')]);
  expect((await rw('kp', 'key', 'cancel-delete', id)).status).toBe(0);
});

test('who shuts the public network out is told so, the private one stays, and the machine of the server has the way back', async () => {
  const set = await rw('kp', 'instance', 'policy-update', 'allowed-network', '-e', '-t', 'private-only');
  expect([set.status, set.err]).toEqual([0, expect.stringContaining('policy-reset')]);
  const refused = await rw('kp', 'keys');
  expect([refused.status, refused.err]).toEqual([4, expect.stringContaining('network policy')]);
  expect((await byPrivate('kp', 'keys')).status).toBe(0);

  const early = await rw('kp', 'instance', 'policy-reset', '--network', '--dev');
  expect([early.status, early.err]).toEqual([4, expect.stringContaining('DATA_DIR_IN_USE')]);
  await server.end('SIGTERM');
  expect((await rw('kp', 'instance', 'policy-reset', '--dev')).status).toBe(1);
  const reset = await rw('kp', 'instance', 'policy-reset', '--network', '--dev');
  expect([reset.status, reset.err]).toEqual([0, 'Turned off: allowedIP, allowedNetwork.\n']);
  expect((await rw('kp', 'instance', 'policy-reset', '--network', '--dev')).err).toBe('No network policy was on.\n');
  server = await up();
  expect((await rw('kp', 'keys')).status).toBe(0);
  expect((await rw('kp', 'instance', 'policies', '-a')).out).toMatch(
    /allowedNetwork\s+no\s+allowed_network: private-only\s+.*operator-/,
  );
  const record = [...auditRecords(dataDir)].find(({ initiator }) => initiator.host.agent === 'rootward kp instance policy-reset');
  expect(record).toMatchObject({
    action: 'kms.instance-policies.write',
    severity: 'warning',
    requestData: {
      initialValue: { allowedNetwork: { enabled: true, allowed_network: 'private-only' } },
      newValue: { allowedNetwork: { enabled: false } },
    },
  });
  expect((await rw('audit', 'verify', '--dev')).status).toBe(0);
});
