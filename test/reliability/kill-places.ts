/** Where a process that owns a step can be told to die: derived from the step table, so that no step is left out. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepName } from '../../src/contract/enabling/steps.ts';
import { STEPS } from '../../src/server/clusters/enabling/steps.ts';
import { until } from '../e2e/until.ts';

/**
 * A server's step: not begun; other features have been called, but nothing is committed; committed. An agent's step: not begun;
 * done, but not reported.
 */
export function placesOf(step: StepName): string[] {
  return (STEPS[step].executor === 'server' ? ['before', 'during', 'after'] : ['before', 'after']).map((at) => `${step}.${at}`);
}

/** The directory that `ROOTWARD_FAILPOINTS` names. */
export interface Failpoints {
  readonly directory: string;
  arm(places: readonly string[], signal?: 'SIGKILL' | 'SIGSTOP'): void;
  isArmed(place: string): boolean;
  /** Waits until a process has come to the place. */
  hit(place: string, timeoutMs?: number): Promise<void>;
}

export function makeFailpoints(): Failpoints {
  const directory = mkdtempSync(join(tmpdir(), 'rootward-failpoints-'));
  const isArmed = (place: string) => existsSync(join(directory, place));
  return {
    directory,
    arm(places, signal = 'SIGKILL') {
      for (const place of places) writeFileSync(join(directory, place), signal);
    },
    isArmed,
    async hit(place, timeoutMs = 90_000) {
      await until(`something comes to ${place}`, async () => !isArmed(place), { timeoutMs, intervalMs: 25 });
    },
  };
}
