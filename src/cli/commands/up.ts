import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { serverLine, serverPage } from '../local/describe-server.ts';
import { addDataFlags, addListenFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { listenForStop } from '../local/stop-signal.ts';
import { rememberServer } from '../session/known-servers.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

interface UpFlags extends LocalFlags {
  readonly json?: boolean;
  readonly withClusters?: boolean;
}

/** `up`: the server, in the foreground. */
export function addUp({ program, io }: CommandParts): void {
  const command: Command = program
    .command('up')
    .description('Start the server: every API, the console and the jobs')
    .option('--json', 'print one JSON line on stdout when ready, and nothing else there')
    .option('--dev', 'seal and API key in the data directory: for development only')
    .option('--with-clusters', 'stop hosted clusters together with the server (implied by --dev)');
  addDataFlags(addListenFlags(command));
  addExamples(command, [
    'up --dev',
    'up --json --dev --listen 127.0.0.1:0 --data-dir /tmp/rw',
    'up --config /etc/rootward/rootward.yaml',
  ]);
  command.action((flags: UpFlags) => runUp(flags, io));
}

/** Serves until it is asked to stop; then drains. */
export async function runUp(flags: UpFlags, io: Io): Promise<void> {
  const stop = listenForStop(io.now);
  let forget = () => {};
  try {
    const config = await readConfig(flags, io);
    const { startServer } = await import('../../server/main.ts');
    const server = await startServer(config);
    if (config.dev) forget = rememberServer(server.url, server.dataDir, io.env);
    if (flags.json) io.out(serverLine(server));
    else if (!stop.isAsked()) io.err(serverPage(server, config.dev));
    await stop.asked;
    if (!flags.json) io.err('Stopping …\n');
    await server.close({ withClusters: flags.withClusters === true || config.dev });
  } finally {
    forget();
    stop.dispose();
  }
}
