/** Pulls one step after the other, executes it and reports. Holds no state: whatever is lost is handed out again. */
import type { Logger } from 'pino';
import { RootwardError } from '../contract/errors.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { failpoint } from './failpoint.ts';
import { readHandedStep } from './handed-step.ts';
import { reportProgress } from './progress-reporter.ts';
import { runStep, type StepReport } from './run-step.ts';
import type { ServerLink } from './server-link.ts';
import { pause, type Step } from './step.ts';

export interface AgentDeps {
  readonly link: Pick<ServerLink, 'post' | 'skewMs'>;
  readonly access: ClusterAccess;
  readonly agentId: string;
  readonly log: Logger;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborted with SHUTTING_DOWN when the agent has to end. */
  readonly stop: AbortSignal;
}

const POLL_SECONDS = 25;
const POLL_MS = 40_000;
const REPORT_MS = 15_000;
/** For telling the server that we leave; nobody waits longer for us. */
const FAREWELL_MS = 2_000;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 10_000;

/** Returns when `stop` is aborted and nothing is half done. */
export async function runAgent(deps: AgentDeps): Promise<void> {
  for (let failures = 0; !deps.stop.aborted; ) {
    try {
      const step = await poll(deps);
      failures = 0;
      if (step !== undefined) await handle(deps, step);
    } catch (error) {
      if (deps.stop.aborted) return;
      failures += 1;
      deps.log.warn({ reason: reasonOf(error), failures }, 'no step could be fetched');
      await backOff(deps, failures);
    }
  }
}

async function poll({ link, agentId, stop }: AgentDeps): Promise<Step | undefined> {
  const body = { agentId, waitSeconds: POLL_SECONDS };
  const answer = await link.post('/v2/kms/agent/poll', body, { timeoutMs: POLL_MS, signal: stop });
  if (answer.status !== 200)
    throw new RootwardError('SERVER_UNREACHABLE', { message: `The server answered a poll with ${answer.status}.` });
  return readHandedStep(answer.body);
}

async function handle(deps: AgentDeps, step: Step): Promise<void> {
  const { log, access, now, link, stop } = deps;
  const fenced = new AbortController();
  const signal = AbortSignal.any([stop, fenced.signal]);
  const name = { runId: step.runId, step: step.name, fence: step.fence };
  log.info(name, 'step begins');
  failpoint(`${step.name}.before`);
  const reporter = reportProgress(link, step, {
    fenced: (reason) => fenced.abort(reason),
    error: (error) => log.debug({ ...name, reason: reasonOf(error) }, 'progress was not delivered'),
  });
  let signs = 0;
  try {
    const report = await runStep(step, {
      access,
      signal,
      now,
      serverSkewMs: link.skewMs,
      progress: (progress) => {
        signs += 1;
        failpoint(`${step.name}.progress-${signs}`);
        reporter.set(progress);
      },
      confirm: reporter.confirm,
    });
    log.info({ ...name, outcome: report.outcome, error: report.error }, 'step ended');
    if (report.outcome === 'done') failpoint(`${step.name}.after`);
    await deliver(deps, step, report);
  } catch (error) {
    if (!signal.aborted) throw error;
    log.info({ ...name, reason: reasonOf(signal.reason) }, 'step abandoned');
    if (stop.aborted) await sayFarewell(deps, step);
  } finally {
    reporter.stop();
  }
}

/** Tries until the server has it. A server that takes the step for somebody else's, or does not understand, hands it out again. */
async function deliver(deps: AgentDeps, step: Step, report: StepReport): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const answer = await deps.link.post('/v2/kms/agent/report', reportBody(step, report), {
        timeoutMs: REPORT_MS,
        signal: deps.stop,
      });
      if (answer.status >= 300)
        deps.log.warn({ runId: step.runId, step: step.name, status: answer.status }, 'report was refused');
      return;
    } catch (error) {
      if (deps.stop.aborted) throw error;
      failures += 1;
      deps.log.warn({ runId: step.runId, step: step.name, reason: reasonOf(error), failures }, 'report was not delivered');
      await backOff(deps, failures);
    }
  }
}

/** Lets the server hand the step to the next agent at once, instead of when our lease is over. */
async function sayFarewell(deps: AgentDeps, step: Step): Promise<void> {
  const { code, message } = new RootwardError('SHUTTING_DOWN', { message: 'The agent was asked to end.' });
  try {
    await deps.link.post('/v2/kms/agent/report', reportBody(step, { outcome: 'retry', evidence: {}, error: { code, message } }), {
      timeoutMs: FAREWELL_MS,
    });
  } catch (error) {
    deps.log.debug({ reason: reasonOf(error) }, 'farewell was not delivered');
  }
}

function reportBody(step: Step, report: StepReport): Record<string, unknown> {
  const { runId, stepId, fence } = step;
  return { runId, stepId, fence, ...report };
}

async function backOff({ random, stop }: AgentDeps, failures: number): Promise<void> {
  const longest = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  try {
    await pause(longest / 2 + (random() * longest) / 2, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

/** What a log may say about an error: never its details, which may quote a request. */
function reasonOf(error: unknown): string {
  return error instanceof RootwardError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);
}
