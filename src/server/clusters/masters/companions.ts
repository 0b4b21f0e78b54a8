import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import { failpointEnvironment } from '../../failpoint.ts';
import type { Companion, ControlPlanePlaces } from '../control-plane-port.ts';
import type { ClusterCredentials } from '../deps.ts';

export interface CompanionSettings {
  /** Absolute path of the program that runs plugins and agents, and what it needs before their name. */
  readonly command: string;
  readonly leadingArgs: readonly string[];
  /** Where the two reach this server: the same from start to start, so that a restarted server finds them as it left them. */
  readonly serverUrl: string;
  readonly serverId: string;
}

interface Place {
  readonly directory: string;
  readonly places: ControlPlanePlaces;
}

/** Writes what the KMS plugin of a cluster reads, and says how it is started. */
export function pluginCompanion(
  settings: CompanionSettings,
  cluster: Pick<ClusterRow, 'id'>,
  { directory, places }: Place,
  credentials: ClusterCredentials,
): Companion {
  const config = {
    serverUrl: settings.serverUrl,
    apiKeyFile: writeSecret(places.runtimeDirectory, 'plugin-api-key', credentials.pluginApiKey),
    clusterId: cluster.id,
    nodeName: 'master-0',
    socketPath: places.socketPath,
    stateDirectory: join(directory, 'kms-plugin'),
    serverId: settings.serverId,
  };
  return companion(settings, 'kms-plugin', join(directory, 'kms-plugin.json'), config);
}

/** Writes what the agent of a cluster reads, and says how it is started. */
export function agentCompanion(
  settings: CompanionSettings,
  cluster: Pick<ClusterRow, 'id'>,
  { directory, places }: Place,
  credentials: ClusterCredentials,
): Companion {
  const config = {
    serverUrl: settings.serverUrl,
    apiKeyFile: writeSecret(places.runtimeDirectory, 'agent-api-key', credentials.agentApiKey),
    clusterId: cluster.id,
    serverId: settings.serverId,
    clusterDirectory: directory,
    agentId: `agent-${cluster.id}`,
  };
  return companion(settings, 'cluster-agent', join(directory, 'cluster-agent.json'), config);
}

function companion(settings: CompanionSettings, name: string, file: string, config: object): Companion {
  const text = `${JSON.stringify(config, null, 2)}\n`;
  writeOwn(file, text);
  return {
    command: settings.command,
    args: [...settings.leadingArgs, name, '--config', file],
    // A changed file has to reach a process that read it at its start.
    env: { ...failpointEnvironment, ROOTWARD_COMPANION_CONFIG: createHash('sha256').update(text).digest('hex') },
  };
}

function writeSecret(runtimeDirectory: string, name: string, secret: string): string {
  const directory = join(runtimeDirectory, 'credentials');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const file = join(directory, name);
  writeOwn(file, `${secret}\n`);
  return file;
}

/** Replaces a file that only its owner may read, unless it says the same already. */
function writeOwn(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}
