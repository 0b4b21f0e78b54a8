import { pino } from 'pino';
import { RootwardError } from '../contract/errors.ts';
import { readConfig } from './config.ts';
import { startPlugin } from './start-plugin.ts';

/** `rootward kms-plugin --config FILE`: serves until SIGTERM or SIGINT, then drains. Throws USAGE or CONFIG. */
export async function main(args: string[]): Promise<void> {
  const [flag, file, ...rest] = args;
  if (flag !== '--config' || file === undefined || rest.length > 0) {
    throw new RootwardError('USAGE', {
      message: 'the plugin needs its configuration',
      hint: 'rootward kms-plugin --config FILE',
    });
  }
  const log = pino(
    { base: { name: 'kms-plugin' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  const plugin = await startPlugin(readConfig(file), log);
  // Only now: a signal before anything is served may end the process at once.
  const signalled = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    await Promise.race([signalled, plugin.failure]);
  } finally {
    log.info('draining');
    await plugin.stop();
    log.info('stopped');
  }
}
