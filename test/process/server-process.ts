import { join } from 'node:path';
import { type ReadyProcess, spawnReady } from './spawn-ready.ts';

/** What the server says of itself when it is ready. */
export interface ServerFacts {
  readonly url: string;
  readonly managementUrl: string;
  readonly serverId: string;
  readonly accountId: string;
  readonly resourceGroupId: string;
  readonly dataDir: string;
  readonly apiKey: string;
}

export type ServerProcess = ReadyProcess<ServerFacts>;

/** Starts a server with the dev seal on free ports, as a process of its own. `env` holds `ROOTWARD_*` settings. */
export function startServerProcess(
  dataDir: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly execArgv?: readonly string[] } = {},
): Promise<ServerProcess> {
  const flags = { dataDir, dev: true, listen: '127.0.0.1:0', managementListen: '127.0.0.1:0', logLevel: 'warn' };
  return spawnReady(join(import.meta.dirname, 'serve.ts'), [JSON.stringify(flags)], options);
}
