import { randomBytes } from 'node:crypto';
import type { Io } from '../io.ts';
import { asRootwardError } from '../print-error.ts';
import type { DemoParts, DemoState } from './demo-state.ts';
import { findEarlierDemo, removeUnfinished, showEarlierDemo, whenStarted } from './earlier-demo.ts';
import { createReporter, type DemoFormat } from './reporter.ts';
import { DEMO_STEPS } from './steps.ts';
import { randomPassword } from './steps-keys.ts';

/** Walks from nothing to a rotated, proven cluster. Throws what the first failing step threw. */
export async function runDemo(parts: DemoParts, io: Io, format: DemoFormat, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(io, format);
  const earlier = parts.fresh ? undefined : await findEarlierDemo(parts.client);
  if (earlier) {
    showEarlierDemo(await whenStarted(parts.client, earlier, io, signal), io, format);
    return;
  }
  if (parts.tidy) await removeUnfinished(parts.client, io);
  const state: DemoState = {
    ...parts,
    io,
    signal,
    suffix: randomBytes(3).toString('hex'),
    password: randomPassword(),
    tell: reporter.tell,
    instanceId: '',
    rootKeyId: '',
    oldRootKeyId: '',
    clusterId: '',
    secret: undefined,
    raw: undefined,
  };
  for (const [index, step] of DEMO_STEPS.entries()) {
    reporter.begin(step, index + 1, DEMO_STEPS.length);
    try {
      signal.throwIfAborted();
      reporter.end(step, true, await step.run(state));
    } catch (error) {
      const { code, message } = asRootwardError(error);
      if (!signal.aborted) reporter.end(step, false, `[${code}] ${message}`);
      throw error;
    }
  }
}
