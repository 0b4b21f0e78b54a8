import type { Command } from 'commander';
import { addServerFlags } from '../common-flags.ts';
import type { Io } from '../io.ts';
import { localDataDir } from '../session/dev-server.ts';
import { openSession } from '../session/session.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

interface DemoFlags {
  readonly json?: boolean;
  readonly fresh?: boolean;
  readonly dataDir?: string;
  readonly region: string;
  readonly url?: string;
  readonly apiKeyFile?: string;
}

/** `demo`: the main job, on whatever server the command line talks to. */
export function addDemo({ program, io }: CommandParts): void {
  const command: Command = program
    .command('demo')
    .description('Walk from nothing to a cluster whose root key is rotated, replaced and proven, by public APIs only')
    .option('--json', 'print one JSON object per step')
    .option('--fresh', 'walk everything on a new cluster, also if an earlier one is there')
    .option('--data-dir <directory>', "the server's data directory, to show the bytes in etcd (./.rootward)")
    .option('--region <region>', 'region of the new KMS instance', 'us-south');
  addServerFlags(command);
  addExamples(command, ['demo', 'demo --json --fresh']);
  command.action((flags: DemoFlags) => runOnServer(flags, io));
}

async function runOnServer(flags: DemoFlags, io: Io): Promise<void> {
  const { client, dataDir } = openSession(flags, io);
  const { runDemo } = await import('../demo/run-demo.ts');
  const parts = {
    client,
    region: flags.region,
    tidy: false,
    fresh: flags.fresh === true,
    dataDir: flags.dataDir ?? dataDir ?? localDataDir(io),
  };
  await runDemo(parts, io, flags.json ? 'json' : 'text', new AbortController().signal);
}
