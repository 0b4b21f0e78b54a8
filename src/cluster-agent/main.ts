/** `rootward cluster-agent --config FILE` */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { RootwardError } from '../contract/errors.ts';
import { readAgentApiKey, readAgentConfig } from './agent-config.ts';
import { runAgent } from './agent-loop.ts';
import { hostedAccess } from './cluster-access.ts';
import { ServerLink } from './server-link.ts';

/** Works until SIGTERM or SIGINT, then ends between two units of work. @throws RootwardError USAGE or CONFIG */
export async function main(args: string[]): Promise<void> {
  const config = readAgentConfig(configFile(args));
  const log = pino(
    { name: 'cluster-agent', base: { clusterId: config.clusterId, agentId: config.agentId } },
    pino.destination({ dest: 2, sync: true }),
  );
  const now = () => new Date();
  const { serverUrl, caFile, serverId, apiKeyFile, clusterDirectory, agentId } = config;
  const link = new ServerLink({ serverUrl, caFile, serverId, readApiKey: () => readAgentApiKey(apiKeyFile), now });
  const stop = new AbortController();
  const end = () => stop.abort(new RootwardError('SHUTTING_DOWN', { message: 'The agent was asked to end.' }));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  log.info('agent begins');
  try {
    await runAgent({ link, access: hostedAccess(clusterDirectory), agentId, log, now, random: Math.random, stop: stop.signal });
  } finally {
    await link.close();
    log.info('agent ended');
  }
}

function configFile(args: string[]): string {
  try {
    const { config } = parseArgs({ args, options: { config: { type: 'string' } } }).values;
    if (config !== undefined && config !== '') return config;
  } catch (error) {
    throw new RootwardError('USAGE', { message: (error as Error).message, hint: 'rootward cluster-agent --config FILE' });
  }
  throw new RootwardError('USAGE', {
    message: 'The agent needs its configuration.',
    hint: 'rootward cluster-agent --config FILE',
  });
}
