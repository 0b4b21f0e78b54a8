/** A second agent of a cluster, with the cluster's own identity, that takes steps and does nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HandedStep } from '../../src/contract/agents/poll.ts';
import type { HostedCluster } from '../e2e/hosted-cluster.ts';
import type { HostedServer } from '../e2e/hosted-server.ts';
import { logIn } from '../process/api.ts';

export interface AnotherAgent {
  /** Waits for a step. Throws if there is none. */
  poll(): Promise<HandedStep>;
  giveBack(step: HandedStep): Promise<void>;
}

export async function agentOf(server: HostedServer, cluster: HostedCluster): Promise<AnotherAgent> {
  const config = JSON.parse(readFileSync(join(cluster.directory, 'cluster-agent.json'), 'utf8')) as { apiKeyFile: string };
  const api = await logIn(server.url, readFileSync(config.apiKeyFile, 'utf8').trim());
  return {
    async poll() {
      const answer = await api.send('POST', '/v2/kms/agent/poll', { agentId: 'another', waitSeconds: 10 });
      const { step } = answer.body as unknown as { step?: HandedStep | null };
      if (!step) throw new Error(`no step was handed out: ${answer.status} ${JSON.stringify(answer.body)}`);
      return step;
    },
    async giveBack({ runId, stepId, fence }) {
      const report = { runId, stepId, fence, outcome: 'retry', error: 'not mine' };
      const { status, body } = await api.send('POST', '/v2/kms/agent/report', report);
      if (status !== 204) throw new Error(`the step was not taken back: ${status} ${JSON.stringify(body)}`);
    },
  };
}
