/** One more KMS plugin of a hosted cluster, as a process, with the cluster's own identity: a node whose network a test can disturb. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/kms-plugin/testkit/plugin.ts';
import { PROGRAM } from '../process/run-cli.ts';
import type { HostedCluster } from './hosted-cluster.ts';

export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly keyId: string;
}

export interface PluginProcess {
  readonly child: ChildProcess;
  /** gRPC calls on the socket, as kube-apiserver makes them. */
  seal(plaintext: Buffer): Promise<Sealed>;
  open(sealed: Sealed): Promise<Buffer>;
  stop(): Promise<void>;
}

/** `serverUrl`: where the plugin believes its server to be. */
export function startPluginProcess(cluster: HostedCluster, serverUrl: string): PluginProcess {
  const directory = mkdtempSync(join(tmpdir(), 'rootward-kms-'));
  const own = JSON.parse(readFileSync(join(cluster.directory, 'kms-plugin.json'), 'utf8')) as object;
  const socketPath = join(directory, 'run', 'kms.sock');
  const change = { serverUrl, nodeName: 'beside', socketPath, stateDirectory: join(directory, 'state'), probeIntervalMs: 500 };
  const configFile = join(directory, 'config.json');
  writeFileSync(configFile, JSON.stringify({ ...own, ...change }), { mode: 0o600 });
  const child = spawn(process.execPath, [PROGRAM, 'kms-plugin', '--config', configFile], { stdio: 'ignore' });
  const client = connect(socketPath, 'v2');
  return {
    child,
    seal: (plaintext) => client.call<Sealed>('Encrypt', { plaintext, uid: 'seal' }),
    open: async (sealed) => {
      const { plaintext } = await client.call<{ plaintext: Uint8Array }>('Decrypt', { ...sealed, uid: 'open' });
      return Buffer.from(plaintext);
    },
    async stop() {
      client.close();
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
