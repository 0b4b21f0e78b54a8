/** Where a process that owns a step can be told to die: derived from the step table, so that no step is left out. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepName } from '../../src/contract/enabling/steps.ts';
import { STEPS } from '../../src/server/clusters/enabling/steps/steps.ts';
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

/** Waits until a process that was told to stop itself has done so; continued before that, it would stop for ever. */
export async function stands(pid: number): Promise<void> {
  const isStopped = async () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The state stands behind the name, which is in brackets and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  };
  await until(`process ${pid} stands`, isStopped, { timeoutMs: 10_000, intervalMs: 10 });
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
