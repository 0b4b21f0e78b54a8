import { type Command, Option } from 'commander';
import type { Config } from '../../server/config.ts';
import type { Io } from '../io.ts';

/** Flags of the commands that work on this machine's server or its data. */
export interface LocalFlags {
  readonly config?: string;
  readonly dataDir?: string;
  readonly dev?: boolean;
  readonly listen?: string;
  readonly managementListen?: string;
  readonly privateListen?: string;
  readonly storeUrl?: string;
}

export function addDataFlags(command: Command): Command {
  return command
    .addOption(new Option('--data-dir <directory>', 'where the server keeps its data (./.rootward)'))
    .addOption(new Option('--config <file>', 'configuration file (ROOTWARD_CONFIG)'));
}

export function addListenFlags(command: Command): Command {
  return command
    .addOption(new Option('--listen <host:port>', 'where the APIs and the console listen; port 0 is any free one'))
    .addOption(new Option('--management-listen <host:port>', 'where /livez, /readyz and /metrics listen'))
    .addOption(
      new Option('--private-listen <host:port>', 'where the same APIs listen for the private network; by default nowhere'),
    );
}

/** Settings: file before environment before flags. Throws CONFIG. */
export async function readConfig(flags: LocalFlags, { env }: Pick<Io, 'env'>): Promise<Config> {
  const { loadConfig } = await import('../../server/config.ts');
  const { dataDir, dev, listen, managementListen, privateListen, storeUrl } = flags;
  return loadConfig({
    file: flags.config ?? (env.ROOTWARD_CONFIG || undefined),
    env,
    flags: { dataDir, dev, listen, managementListen, privateListen, ...(storeUrl !== undefined && { store: { url: storeUrl } }) },
  });
}
