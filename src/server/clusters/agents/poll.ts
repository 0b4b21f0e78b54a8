import { pollStep } from '../../../contract/agents/poll.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveOwnCluster } from '../resolve-cluster.ts';
import { handOut } from './hand-out.ts';
import { createOpenPolls } from './open-polls.ts';

/** Leases run out and waits end without a commit, so a waiting poll looks again this often. */
const LOOK_MS = 1000;

/** Gives an agent the next step, or waits for one. */
export function pollStepHandler(deps: ClusterDeps): Handler {
  const polls = createOpenPolls();
  return handle(pollStep, {
    resolve: (call) => resolveOwnCluster(deps.store, call.principal),
    async run(call, cluster) {
      const { agentId, waitSeconds = 0 } = call.input.body;
      using place = polls.enter(cluster.id);
      const end = deps.now() + waitSeconds * 1000;
      for (;;) {
        const mark = deps.changes.mark();
        const step = await handOut(deps, cluster.id, agentId);
        const left = end - deps.now();
        if (step !== null || left <= 0 || place.signal.aborted || deps.changes.closed) return { output: { step } };
        await deps.changes.after(mark, Math.min(left, LOOK_MS), place.signal);
      }
    },
  });
}
