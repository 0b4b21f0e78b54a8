/** Token buckets by name: `burst` at once, `perSecond` in the long run, for each name. */
export interface Buckets {
  /** How long until one more is admitted, in ms; 0: now. Takes nothing. */
  waitMs(name: string, now: number): number;
  /** Takes one. Only after `waitMs` was 0 at the same `now`. */
  take(name: string, now: number): void;
}

/** Names that are kept apart at the same time; further ones share a bucket until others have filled up again. */
const NAMES = 100_000;
const OTHERS = '\u0000others';
const SWEEP_MS = 1000;

/**
 * Each bucket is one instant: when it will be full again. That is one interval later for each one taken, and never further ahead than
 * the whole bucket. A bucket that is full holds nothing to remember, so dropping it gives nobody more than the rate. Instants are in
 * ticks, `perSecond` of them in a millisecond: then an interval is 1000 ticks, and everything is a whole number and exact.
 */
export function createBuckets({
  perSecond,
  burst,
  names = NAMES,
}: {
  perSecond: number;
  burst: number;
  names?: number;
}): Buckets {
  const interval = 1000;
  const depth = burst * interval;
  const fullAt = new Map<string, number>();
  let start: number | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** Ticks since the first request: small enough to be exact for years. */
  const ticksAt = (now: number): number => {
    start ??= now;
    return (now - start) * perSecond;
  };

  function keyOf(name: string, ticks: number): string {
    if (fullAt.has(name) || fullAt.size < names) return name;
    if (Math.abs(ticks - sweptAt) >= SWEEP_MS * perSecond) {
      sweptAt = ticks;
      for (const [known, at] of fullAt) if (at <= ticks) fullAt.delete(known);
    }
    return fullAt.size < names ? name : OTHERS;
  }

  /** A clock that went back must not lock anybody out: no bucket is ever emptier than empty. */
  const filledAt = (key: string, ticks: number): number => Math.min(Math.max(fullAt.get(key) ?? ticks, ticks), ticks + depth);

  return {
    waitMs(name, now) {
      const ticks = ticksAt(now);
      return Math.max(0, filledAt(keyOf(name, ticks), ticks) + interval - depth - ticks) / perSecond;
    },
    take(name, now) {
      const ticks = ticksAt(now);
      const key = keyOf(name, ticks);
      fullAt.set(key, filledAt(key, ticks) + interval);
    },
  };
}
