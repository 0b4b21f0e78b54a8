/** Tells the server how far a step is, at most once a second, and that it is alive, at least every five. */
import { RootwardError } from '../contract/errors.ts';
import type { ServerLink } from './server-link.ts';
import type { Progress, Step } from './step.ts';

export interface ProgressReporter {
  readonly set: (progress: Progress) => void;
  /** Sends at once. @throws RootwardError STEP_FENCED or SERVER_UNREACHABLE */
  readonly confirm: () => Promise<void>;
  readonly stop: () => void;
}

const TICK_MS = 1_000;
const HEARTBEAT_TICKS = 5;
const SEND_MS = 10_000;
const CONFLICT = 409;

/**
 * @param onFenced the server says that somebody else has the step
 * @param onError a progress that did not get through; the next one is tried anyway
 */
export function reportProgress(
  link: Pick<ServerLink, 'post'>,
  step: Step,
  on: { readonly fenced: (reason: RootwardError) => void; readonly error: (error: unknown) => void },
): ProgressReporter {
  const { runId, stepId, fence } = step;
  let progress: Progress = { done: 0, total: 0, note: '' };
  let changed = true;
  let sending = false;
  let ticks = 0;
  const send = async () => {
    changed = false;
    ticks = 0;
    const answer = await link.post('/v2/kms/agent/progress', { runId, stepId, fence, progress }, { timeoutMs: SEND_MS });
    if (answer.status === CONFLICT) {
      const reason = new RootwardError('STEP_FENCED');
      on.fenced(reason);
      throw reason;
    }
    if (answer.status >= 300) throw new RootwardError('SERVER_UNREACHABLE', { message: `The server answered ${answer.status}.` });
  };
  const tick = async () => {
    sending = true;
    try {
      await send();
    } catch (error) {
      on.error(error);
    } finally {
      sending = false;
    }
  };
  const timer = setInterval(() => {
    ticks += 1;
    if (!sending && (changed || ticks >= HEARTBEAT_TICKS)) void tick();
  }, TICK_MS);
  return {
    set: (next) => {
      progress = next;
      changed = true;
    },
    confirm: send,
    stop: () => clearInterval(timer),
  };
}
