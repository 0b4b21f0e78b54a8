/** Token buckets by name: `burst` at once, `perSecond` in the long run, for each name. */
export interface Buckets {
  /** How long until one more is admitted, in ms; 0: now. Takes nothing. */
  waitMs(name: string, now: number): number;
  /** Takes one. Only after `waitMs` was 0 at the same `now`. */
  take(name: string, now: number): void;
}

/** Names that are kept apart at the same time; further ones share a bucket until others have filled up again. */
const NAMES = 100_000;
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
  /** When the bucket will be full that names share for which there is no room. */
  let othersFullAt = Number.NEGATIVE_INFINITY;
  let start: number | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** Ticks since the first request: small enough to be exact for years. */
  const ticksAt = (now: number): number => {
    start ??= now;
    return (now - start) * perSecond;
  };

  /** Has the name, or will it have, a bucket of its own? */
  function hasOwn(name: string, ticks: number): boolean {
    if (fullAt.has(name) || fullAt.size < names) return true;
    if (Math.abs(ticks - sweptAt) >= SWEEP_MS * perSecond) {
      sweptAt = ticks;
      for (const [known, at] of fullAt) if (at <= ticks) fullAt.delete(known);
    }
    return fullAt.size < names;
  }

  /**
   * A name that is new may have taken from the shared bucket before, so its own begins as empty as that is. A clock that went back must
   * not lock anybody out: no bucket is ever emptier than empty.
   */
  function filledAt(name: string, ticks: number): number {
    const at = hasOwn(name, ticks) ? (fullAt.get(name) ?? othersFullAt) : othersFullAt;
    return Math.min(Math.max(at, ticks), ticks + depth);
  }

  return {
    waitMs(name, now) {
      const ticks = ticksAt(now);
      return Math.max(0, filledAt(name, ticks) + interval - depth - ticks) / perSecond;
    },
    take(name, now) {
      const ticks = ticksAt(now);
      const at = filledAt(name, ticks) + interval;
      if (hasOwn(name, ticks)) fullAt.set(name, at);
      else othersFullAt = at;
    },
  };
}
