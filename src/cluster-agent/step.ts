/** What the server hands out, and what a step has while it runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterAccess } from './cluster-access.ts';
import type { StepParameters } from './parameters.ts';

/** One unit of work of a run, as the server's step table names it. Whoever holds the highest fence holds the step. */
export interface Step {
  readonly runId: string;
  readonly stepId: string;
  readonly name: string;
  readonly fence: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

/** JSON facts; never a plaintext, a token or a key. */
export type Evidence = Readonly<Record<string, unknown>>;

export interface StepContext {
  readonly runId: string;
  readonly parameters: StepParameters;
  readonly access: ClusterAccess;
  /** Aborted when the agent has to stop (SHUTTING_DOWN) or lost the step (STEP_FENCED); the reason is the error to throw. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /**
   * Asks the server, before something that a second agent must not do at the same time, whether the step is still ours.
   * @throws RootwardError STEP_FENCED, or SERVER_UNREACHABLE: then the step is tried again later
   */
  readonly confirm: () => Promise<void>;
  readonly now: () => Date;
  /** How far the clock of the key server is ahead of ours, if it was heard. */
  readonly serverSkewMs: number | undefined;
}

export type StepRun = (context: StepContext) => Promise<Evidence>;

/** A step that did not reach its goal, with the evidence of what it found. */
export class StepFailure extends Error {
  readonly evidence: Evidence;

  constructor(cause: Error, evidence: Evidence) {
    super(cause.message, { cause });
    this.evidence = evidence;
  }
}

/** Waits, or throws the reason of the signal. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Asks until the answer is true. @returns false when the time is over. */
export async function waitUntil(condition: () => Promise<boolean>, options: WaitOptions): Promise<boolean> {
  const end = options.now().getTime() + options.timeoutMs;
  for (;;) {
    options.signal.throwIfAborted();
    if (await condition()) return true;
    if (options.now().getTime() >= end) return false;
    await pause(options.intervalMs, options.signal);
  }
}
