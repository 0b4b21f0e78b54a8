import { createClient } from '../../client/client.ts';
import type { Config } from '../../server/config.ts';
import type { RunningServer } from '../../server/main.ts';
import type { Io } from '../io.ts';
import { describeBinaries, provideBinaries } from '../local/binaries.ts';
import { serverPage } from '../local/describe-server.ts';
import { addDataFlags, addListenFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { listenForStop, type StopSignal } from '../local/stop-signal.ts';
import { printError } from '../print-error.ts';
import { rememberServer } from '../session/known-servers.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

interface StartFlags extends LocalFlags {
  readonly fresh?: boolean;
}

/** `start`: what `npm start` runs. */
export function addStart({ program, io }: CommandParts): void {
  const command = program
    .command('start')
    .description('Start a development server here and show the main job on it, in the foreground')
    .option('--fresh', 'walk the whole demo on a new cluster, also if an earlier one is there');
  addDataFlags(addListenFlags(command));
  addExamples(command, ['start', 'start --listen 127.0.0.1:9480 --fresh']);
  command.action((flags: StartFlags) => runStart(flags, io));
}

async function runStart(flags: StartFlags, io: Io): Promise<void> {
  const stop = listenForStop(io.now);
  let forget = () => {};
  try {
    const config = await readConfig({ ...flags, dev: true }, io);
    const { startServer } = await import('../../server/main.ts');
    // The demo is what people read here; the server's own log starts at warnings.
    const server = await startServer(config.logLevel === 'info' ? { ...config, logLevel: 'warn' } : config);
    forget = rememberServer(server.url, server.dataDir, io.env);
    io.err(serverPage(server, true));
    await Promise.race([stop.asked, show(server, config, flags, io, stop)]);
    if (!stop.isAsked()) io.err('\nThe server stays up. Ctrl-C stops it and its clusters.\n');
    await stop.asked;
    io.err('\nStopping the server and its clusters …\n');
    await server.close({ withClusters: true });
  } finally {
    forget();
    stop.dispose();
  }
}

/** The demo's failure is told, and the server stays up for whoever wants to look. */
async function show(server: RunningServer, config: Config, flags: StartFlags, io: Io, stop: StopSignal): Promise<void> {
  const abort = new AbortController();
  void stop.asked.then(() => abort.abort());
  try {
    io.err(describeBinaries(await provideBinaries(config, (line) => io.err(`${line}\n`), abort.signal)));
    const { runDemo } = await import('../demo/run-demo.ts');
    const client = createClient({ url: server.url, apiKey: server.apiKey ?? '' });
    await runDemo(
      { client, dataDir: server.dataDir, region: server.region, fresh: flags.fresh === true, tidy: true },
      io,
      'text',
      abort.signal,
    );
  } catch (error) {
    if (!stop.isAsked()) printError(error, io);
  }
}
