import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { RootwardError } from '../../contract/errors.ts';
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
  readonly storeUrlFile?: string;
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

/** Of the commands that may work on a database without its server. */
export function addStoreFlags(command: Command): Command {
  return command
    .addOption(new Option('--store-url <url>', 'postgres://… of the database, where it is not SQLite (ROOTWARD_STORE_URL)'))
    .addOption(new Option('--store-url-file <file>', 'file that holds that URL, so that nobody sees its password'));
}

/** Settings: file before environment before flags. Throws CONFIG. */
export async function readConfig(flags: LocalFlags, io: Pick<Io, 'env' | 'cwd' | 'err'>): Promise<Config> {
  const { loadConfig } = await import('../../server/config.ts');
  const { env } = io;
  const { dataDir, dev, listen, managementListen, privateListen } = flags;
  const storeUrl = storeUrlOf(flags, io);
  return loadConfig({
    file: flags.config ?? (env.ROOTWARD_CONFIG || undefined),
    env,
    flags: { dataDir, dev, listen, managementListen, privateListen, ...(storeUrl !== undefined && { store: { url: storeUrl } }) },
  });
}

function storeUrlOf({ storeUrl, storeUrlFile }: LocalFlags, { cwd, err }: Pick<Io, 'cwd' | 'err'>): string | undefined {
  if (storeUrlFile === undefined) {
    if (storeUrl !== undefined && hasPassword(storeUrl)) {
      err(
        'warning: Other users of this machine can see the password in --store-url. Keep the URL in a file: --store-url-file FILE\n',
      );
    }
    return storeUrl;
  }
  if (storeUrl !== undefined) throw new RootwardError('USAGE', { message: 'Give --store-url or --store-url-file, not both.' });
  const file = resolve(cwd, storeUrlFile);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new RootwardError('USAGE', { message: `The file of --store-url-file cannot be read: ${file}`, cause });
  }
}

/** A password stands before the host, or among the parameters. */
function hasPassword(url: string): boolean {
  return /^[^/]+:\/\/[^/@]*:[^/]+@/.test(url) || /[?&]password=./i.test(url);
}
