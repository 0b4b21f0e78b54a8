import { availableParallelism } from 'node:os';
import { RootwardError } from '../contract/errors.ts';
import { apiserverArguments, apiserverEnvironment } from './apiserver-arguments.ts';
import { type ClusterFile, portOf } from './cluster-file.ts';
import { type ClusterPaths, clusterPaths, encryptionConfigPath, socketPathIn } from './cluster-paths.ts';
import { type DesiredControlPlane, fillDesire, type ProcessDesire } from './desired-control-plane.ts';
import { etcdArguments, etcdEnvironment } from './etcd-arguments.ts';
import { SOCKET_PATH_LIMIT } from './pki/runtime-directory.ts';
import type { ProcessRole } from './processes/process-record.ts';
import type { ProcessSpec } from './processes/supervised-process.ts';

/** Absolute paths of the two programs that a hosted control plane needs. */
export interface ControlPlaneBinaries {
  readonly 'kube-apiserver': string;
  readonly etcd: string;
}

/** A process that should run now, by its place in the control plane. */
export interface WantedProcess {
  readonly role: ProcessRole;
  readonly index: number;
  readonly spec: ProcessSpec;
}

/**
 * Children inherit nothing: whatever secrets the server was started with are none of their business, and a server that is started from
 * another shell must not find that its children ought to be other ones.
 */
const PLAIN = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

export function etcdProcess(desired: DesiredControlPlane, file: ClusterFile, binaries: ControlPlaneBinaries): WantedProcess {
  const clientUrl = file.etcd[0] ?? '';
  const peerUrl = file.etcdPeers[0] ?? '';
  const args = etcdArguments({ clusterId: desired.clusterId, paths: pathsOf(desired, file), index: 0, clientUrl, peerUrl });
  const env = { ...PLAIN, ...etcdEnvironment(availableParallelism()) };
  return { role: 'etcd', index: 0, spec: { command: binaries.etcd, args, env, facts: { url: clientUrl } } };
}

export function apiserverProcesses(
  desired: DesiredControlPlane,
  file: ClusterFile,
  binaries: ControlPlaneBinaries,
): WantedProcess[] {
  const env = { ...PLAIN, ...apiserverEnvironment(availableParallelism()) };
  return file.apiservers.map((url, index) => {
    const paths = pathsOf(desired, file);
    const args = apiserverArguments({ paths, index, port: portOf(url), etcdUrls: file.etcd });
    const facts = {
      url,
      socketPath: socketPathIn(file.runtime, index),
      encryptionConfigPath: encryptionConfigPath(desired.directory, index),
    };
    return { role: 'kube-apiserver', index, spec: { command: binaries['kube-apiserver'], args, env, facts } };
  });
}

export function pluginProcesses(desired: DesiredControlPlane, file: ClusterFile): WantedProcess[] {
  const { plugin } = desired;
  if (plugin === null) return [];
  return file.apiservers.map((_, index) => {
    const socketPath = socketPathIn(file.runtime, index);
    if (Buffer.byteLength(socketPath) > SOCKET_PATH_LIMIT) {
      throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
        message: `The path ${socketPath} is too long for a unix socket (${SOCKET_PATH_LIMIT} bytes).`,
        hint: 'Mount a tmpfs on /dev/shm, set XDG_RUNTIME_DIR, or use a data directory with a shorter path.',
      });
    }
    return { role: 'kms-plugin', index, spec: suppliedSpec(fillDesire(plugin, index, socketPath), { socketPath }) };
  });
}

export function agentProcess(desired: DesiredControlPlane, file: ClusterFile): WantedProcess | null {
  const { agent } = desired;
  if (agent === null) return null;
  return { role: 'cluster-agent', index: 0, spec: suppliedSpec(fillDesire(agent, 0, socketPathIn(file.runtime, 0)), {}) };
}

export function pathsOf(desired: DesiredControlPlane, file: ClusterFile): ClusterPaths {
  return clusterPaths(desired.directory, file.runtime);
}

function suppliedSpec(desire: ProcessDesire, facts: ProcessSpec['facts']): ProcessSpec {
  return { command: desire.command, args: desire.args, env: { ...PLAIN, ...desire.env }, facts };
}
