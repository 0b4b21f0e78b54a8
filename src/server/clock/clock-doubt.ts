import { formatInstant } from '../instant.ts';

export interface ClockDoubt {
  /** The wall clock's time when it was noticed. */
  readonly since: number;
  /** How far the wall clock is ahead of where it should be; negative: behind. */
  readonly aheadMs: number;
  /** Noticed at the start, where the server cannot know how long it was off. */
  readonly isAtStart: boolean;
}

const CONSEQUENCE = 'Scheduled work stands still: nothing expires for good, nothing is rotated, nothing is purged.';

/** What is wrong and exactly what to do, for people. `wall`: the wall clock's time. */
export function describeDoubt(doubt: ClockDoubt, wall: number): string {
  const clock = formatInstant(wall);
  return `${reason(doubt, clock, formatInstant(wall - doubt.aheadMs))} ${CONSEQUENCE} Set the clock right; or, if ${clock} is right, run: rootward clock accept`;
}

function reason({ aheadMs, isAtStart }: ClockDoubt, clock: string, expected: string): string {
  const by = duration(Math.abs(aheadMs));
  if (!isAtStart)
    return `The clock was set ${by} ${aheadMs > 0 ? 'forward' : 'back'}: it says ${clock}, and by the machine's uptime it is ${expected}.`;
  if (aheadMs < 0) return `The clock says ${clock}, which is ${by} before a time at which this server ran.`;
  return `The clock says ${clock}, which is ${by} after this server last ran, more than clock.longestDowntimeSeconds allows.`;
}

function duration(milliseconds: number): string {
  const days = milliseconds / 86_400_000;
  if (days >= 2) return `${Math.floor(days)} days`;
  const minutes = Math.floor(milliseconds / 60_000);
  return minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : `${minutes} minutes`;
}
