import { setTimeout as sleep } from 'node:timers/promises';
import { RootwardError } from '../contract/errors.ts';
import { readClusterFile } from './cluster-file.ts';
import { type ClusterPaths, clusterPaths, socketPathIn } from './cluster-paths.ts';
import { isRunning, signalProcess } from './processes/process-identity.ts';
import { type ProcessRecord, type ProcessRole, readRecords } from './processes/process-record.ts';
import { requestRestart } from './processes/restart-request.ts';

/** One running process of a hosted control plane, as the agent beside it sees it. */
export interface RunningProcess {
  readonly index: number;
  readonly pid: number;
  readonly startTime: string;
  readonly url: string;
}

export interface RunningApiserver extends RunningProcess {
  /** Where the plugin beside it listens. */
  readonly socketPath: string;
  readonly encryptionConfigPath: string;
  /** Of the configuration file as it was immediately before this process was started. */
  readonly encryptionConfigSha256: string;
}

const POLL_MS = 50;
const ETCD_PATIENCE_MS = 1000;

/** The apiservers that run now; none while the cluster is suspended or one is being started again. */
export function readApiservers(clusterDirectory: string): RunningApiserver[] {
  return running(clusterDirectory, 'kube-apiserver').flatMap((record) => {
    const { url, socketPath, encryptionConfigPath, encryptionConfigSha256 } = record;
    const known = base(record, url);
    if (
      known === null ||
      socketPath === undefined ||
      encryptionConfigPath === undefined ||
      encryptionConfigSha256 === undefined
    ) {
      return [];
    }
    return [{ ...known, socketPath, encryptionConfigPath, encryptionConfigSha256 }];
  });
}

/** The etcd members that run now. */
export function readEtcds(clusterDirectory: string): RunningProcess[] {
  return running(clusterDirectory, 'etcd').flatMap((record) => base(record, record.url) ?? []);
}

/**
 * Ends one apiserver with SIGTERM; the server's supervisor starts it again with the EncryptionConfiguration of that moment.
 * Resolves with the new process (which may not be ready yet). Throws CONTROL_PLANE_UNAVAILABLE if none appears in time.
 */
export function restartApiserver(clusterDirectory: string, index: number, timeoutMs: number): Promise<RunningApiserver> {
  return restart(clusterDirectory, 'kube-apiserver', readApiservers, index, timeoutMs);
}

/**
 * The same for etcd: at its start it drops log files that a snapshot made superfluous. It is not given the 7 s that it would wait
 * for open watches, because nobody is served meanwhile; it writes its log durably before it answers, so a kill loses nothing.
 */
export function restartEtcd(clusterDirectory: string, index: number, timeoutMs: number): Promise<RunningProcess> {
  return restart(clusterDirectory, 'etcd', readEtcds, index, timeoutMs, ETCD_PATIENCE_MS);
}

/** Where the plugin beside apiserver `index` listens. Throws CONTROL_PLANE_UNAVAILABLE if the cluster was never started here. */
export function pluginSocketPath(clusterDirectory: string, index = 0): string {
  return socketPathIn(known(clusterDirectory).runtime, index);
}

/** Certificates and keys of this cluster that are files while it runs. Throws like `pluginSocketPath`. */
export function readClusterPaths(clusterDirectory: string): ClusterPaths {
  return clusterPaths(clusterDirectory, known(clusterDirectory).runtime);
}

async function restart<T extends RunningProcess>(
  clusterDirectory: string,
  role: ProcessRole,
  read: (directory: string) => T[],
  index: number,
  timeoutMs: number,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const record = running(clusterDirectory, role).find((one) => one.index === index);
  const old = record?.process ?? null;
  if (record !== undefined && old !== null) {
    requestRestart(clusterDirectory, record.name, old);
    signalProcess(old, 'SIGTERM');
  }
  for (let waited = 0; waited < timeoutMs; waited += POLL_MS) {
    const now = read(clusterDirectory).find((one) => one.index === index);
    if (now !== undefined && (now.pid !== old?.pid || now.startTime !== old.startTime)) return now;
    if (old !== null && waited >= patienceMs) signalProcess(old, 'SIGKILL');
    await sleep(POLL_MS);
  }
  throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
    message: `${role}-${index} was not started again within ${timeoutMs} ms.`,
    hint: 'The server that supervises it has to run, and the cluster must not be suspended.',
  });
}

function running(clusterDirectory: string, role: ProcessRole): ProcessRecord[] {
  return readRecords(clusterDirectory).filter(
    (record) => record.role === role && record.process !== null && isRunning(record.process),
  );
}

function base({ index, process }: ProcessRecord, url: string | undefined): RunningProcess | null {
  return process === null || url === undefined ? null : { index, pid: process.pid, startTime: process.startTime, url };
}

function known(clusterDirectory: string): { runtime: string } {
  const file = readClusterFile(clusterDirectory);
  if (file !== null) return file;
  throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
    message: `There is no hosted control plane in ${clusterDirectory}.`,
    hint: 'Let the server start the cluster first.',
  });
}
