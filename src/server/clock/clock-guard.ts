import { readMeta, writeMeta } from '../../store/meta.ts';
import type { Store, Tx } from '../../store/store.ts';
import { formatInstant } from '../instant.ts';
import { type ClockDoubt, describeDoubt } from './clock-doubt.ts';

/** How often the high-water mark is written. */
const MARK_EVERY_MS = 60_000;
/** A step of the wall clock that is worth a closer look at once. */
const STEP_MS = 1000;

/** Where a clock guard gets its times from, in ms. */
export interface Clocks {
  /** Since 1970, as the machine has it. */
  readonly wall: () => number;
  /** Of the machine, with the time that it slept; setting the clock does not move it. */
  readonly uptime: () => number;
  /** Grows evenly and costs nothing to ask. */
  readonly ticks: () => number;
}

export interface ClockSettings {
  /** How far the wall clock may be from where it should be. */
  readonly toleranceSeconds: number;
  /** How much later than the mark the clock may be at a start. */
  readonly longestDowntimeSeconds: number;
}

export interface ClockGuardParts {
  readonly store: Store;
  readonly clocks: Clocks;
  readonly settings: ClockSettings;
  readonly log: { info(facts: object, message: string): void; error(facts: object, message: string): void };
}

/**
 * Tells whether the machine's clock can be believed: it has to agree with the highest time that the store has kept, plus the uptime
 * since. While it does not, scheduled work stands still, and times are judged so that nothing is lost (ADR 0010).
 */
export interface ClockGuard {
  /** The time that rules go by: never earlier than what is certain to have passed. */
  readonly now: () => number;
  /** The time by which a cluster may lose what it has: never later than what is certain to have passed. */
  readonly earliest: () => number;
  /** Why the clock is not believed; undefined: it is. */
  readonly doubt: () => ClockDoubt | undefined;
  /** Writes the high-water mark, at most every minute; where the clock is in doubt, sees whether a replica has accepted it. */
  remember(): Promise<void>;
  /** Writes the wall clock's time as the mark. The returned function, called after the commit, lets this process believe it. */
  accept(tx: Tx): Promise<() => void>;
}

interface Moment {
  readonly wall: number;
  readonly uptime: number;
}

/** Reads the mark and compares. A store without a mark has nothing to compare with: its clock is believed. */
export async function openClockGuard(parts: ClockGuardParts): Promise<ClockGuard> {
  const { store, clocks, settings, log } = parts;
  const tolerance = settings.toleranceSeconds * 1000;
  const moment = (): Moment => ({ wall: clocks.wall(), uptime: clocks.uptime() });

  let mark = await readMark(store.db);
  let reference: Moment = mark === undefined ? moment() : { wall: mark, uptime: clocks.uptime() };
  /** Has this process once found the clock right? From then on nothing but the tolerance is allowed. */
  let isAnchored = mark === undefined;
  let doubt: ClockDoubt | undefined;
  let toLatest = 0;
  let toEarliest = 0;
  let offset = Number.NaN;
  let remembering: Promise<void> | undefined;

  function anchor(at: Moment): void {
    reference = at;
    isAnchored = true;
    look();
  }

  function look(): void {
    const at = moment();
    offset = at.wall - clocks.ticks();
    const expected = reference.wall + at.uptime - reference.uptime;
    const ahead = at.wall - expected;
    const allowed = isAnchored ? tolerance : tolerance + settings.longestDowntimeSeconds * 1000;
    if (ahead >= -tolerance && ahead <= allowed) {
      believe(at);
      return;
    }
    toEarliest = -ahead;
    // While running, the uptime says what time it is. At a start it only says what time it is at least.
    toLatest = isAnchored ? -ahead : Math.max(0, -ahead);
    if (doubt) {
      doubt = { ...doubt, aheadMs: ahead };
      return;
    }
    doubt = { since: at.wall, aheadMs: ahead, isAtStart: !isAnchored };
    log.error({ clock: formatInstant(at.wall), expected: formatInstant(expected) }, describeDoubt(doubt, at.wall));
  }

  function believe(at: Moment): void {
    if (!isAnchored) {
      reference = at;
      isAnchored = true;
    }
    toLatest = 0;
    toEarliest = 0;
    if (doubt) log.info({ clock: formatInstant(at.wall) }, 'the clock is believed again; scheduled work goes on');
    doubt = undefined;
  }

  /** The wall clock's time, looked at more closely where it has moved by itself. */
  function wall(): number {
    const now = clocks.wall();
    if (!(Math.abs(now - clocks.ticks() - offset) < STEP_MS)) look();
    return now;
  }

  async function findAcceptance(): Promise<void> {
    const stored = await readMark(store.db);
    const at = moment();
    // Only another process that believes its clock has written this; ours agrees with it.
    if (stored !== undefined && stored !== mark && Math.abs(at.wall - stored) <= tolerance) anchor(at);
    mark = stored;
  }

  async function remember(): Promise<void> {
    look();
    if (doubt) {
      await findAcceptance();
      return;
    }
    const now = clocks.wall();
    if (mark !== undefined && now < mark + MARK_EVERY_MS) return;
    mark = await store.change([], async (tx) => {
      const stored = await readMark(tx);
      if (stored !== undefined && stored >= now) return stored;
      await writeMeta(tx, 'clock_mark', String(now));
      return now;
    });
  }

  look();
  return {
    now: () => wall() + toLatest,
    earliest: () => wall() + toEarliest,
    doubt: () => {
      wall();
      return doubt;
    },

    remember() {
      remembering ??= remember().finally(() => {
        remembering = undefined;
      });
      return remembering;
    },

    async accept(tx) {
      const at = moment();
      await writeMeta(tx, 'clock_mark', String(at.wall));
      return () => {
        mark = at.wall;
        anchor(at);
      };
    },
  };
}

async function readMark(db: Store['db'] | Tx): Promise<number | undefined> {
  const text = await readMeta(db, 'clock_mark');
  return text === undefined ? undefined : Number(text);
}
