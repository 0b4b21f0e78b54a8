/** `npm start`, the first thing that people do: the server and the whole demo, in the foreground of an empty directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DEMO_STEPS } from '../../src/cli/demo/steps.ts';
import { findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { PROGRAM, runCli } from '../process/run-cli.ts';

const present = await findPresentBinaries(machineDeps({}, () => {}));
const wanted = present !== null || process.env.CI === 'true';
const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
/** The wait between disabling and enabling a key is shown to people, not to tests. */
const SHORT = { ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '2' };
const STAYS_UP = 'The server stays up';

interface Started {
  readonly out: () => string;
  readonly err: () => string;
  until(text: string): Promise<void>;
  /** As a terminal with a launcher does it: twice. */
  interrupt(): Promise<number | null>;
}

function start(cwd: string): Started {
  const child = spawn(process.execPath, [PROGRAM, 'start', ...FREE], { cwd, env: { ...process.env, ...SHORT } });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  return {
    out: () => out,
    err: () => err,
    until: (text) =>
      new Promise((resolve, reject) => {
        child.stderr.on('data', (chunk) => {
          err += String(chunk);
          if (err.includes(text)) resolve();
        });
        child.once('exit', (status) => reject(new Error(`ended with ${status}\n${out}\n${err}`)));
      }),
    async interrupt() {
      child.kill('SIGINT');
      child.kill('SIGINT');
      return (await exited)[0];
    },
  };
}

/** Processes whose command line names the directory. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return []; // it has ended since it was listed
      }
    })
    .filter((line) => line.includes(directory));
}

describe.skipIf(!wanted)('npm start (needs kube-apiserver and etcd: rootward controlplane fetch)', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'rootward-start-'));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('shows the main job to its end, says who has which program from where, and Ctrl-C stops every child', async () => {
    const started = start(cwd);
    await started.until(STAYS_UP);
    const { out, err } = started;
    expect(err()).toMatch(/kube-apiserver \S+ from \w+: /);
    DEMO_STEPS.forEach(({ heading }, index) => {
      expect(out()).toContain(`${index + 1}/${DEMO_STEPS.length}  ${heading}\n`);
    });
    expect(out().match(/✓/g)).toHaveLength(DEMO_STEPS.length);
    expect(out()).toContain('etcd holds: …');
    expect(out()).toContain('etcd holds: k8s:enc:kms:v2:rootward');
    expect(processesOf(cwd).length).toBeGreaterThan(2);
    const found = await runCli(['ks', 'cluster', 'ls', '--output', 'json'], {}, cwd);
    const [cluster] = JSON.parse(found.out) as { id: string; name: string }[];
    expect((await runCli(['ks', 'cluster', 'get', '-c', cluster?.name ?? ''], {}, cwd)).out).toMatch(
      /^Key Management Service: +enabled$/m,
    );
    const config = await runCli(['ks', 'cluster', 'config', '-c', cluster?.id ?? '', '--admin', '--output', 'yaml'], {}, cwd);
    expect(config.out).toMatch(/^kind: Config$/m);
    expect(await started.interrupt()).toBe(0);
    expect(processesOf(cwd)).toEqual([]);
  });

  test('again finds the cluster of the first start and shows it instead of building another', async () => {
    const again = start(cwd);
    await again.until(STAYS_UP);
    expect(again.out()).toContain('The cluster of the last demo is still here');
    expect(again.out()).toMatch(/Key Management Service: +enabled/);
    expect(again.out()).toMatch(/Master Health: +normal/);
    expect(again.out()).not.toContain(`1/${DEMO_STEPS.length}`);
    expect(await again.interrupt()).toBe(0);
    expect(processesOf(cwd)).toEqual([]);
  });
});
