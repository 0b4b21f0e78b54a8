import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Buckets, createBuckets } from './buckets.ts';

/** Takes one if it may; says if it could. */
function ask(buckets: Buckets, name: string, now: number): boolean {
  if (buckets.waitMs(name, now) > 0) return false;
  buckets.take(name, now);
  return true;
}

const limits = fc.record({ perSecond: fc.integer({ min: 1, max: 100_000 }), burst: fc.integer({ min: 1, max: 50 }) });
/** Gaps between requests in ms: many at once, and pauses. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 5000 })), {
  minLength: 1,
  maxLength: 200,
});

describe('token buckets', () => {
  it('never admit more than rate × time + burst, over any window', () => {
    fc.assert(
      fc.property(limits, gaps, fc.integer({ min: 0, max: 2e12 }), ({ perSecond, burst }, pauses, begin) => {
        const buckets = createBuckets({ perSecond, burst });
        const admitted: number[] = [];
        let now = begin;
        for (const pause of pauses) {
          now += pause;
          if (ask(buckets, 'a', now)) admitted.push(now);
        }
        admitted.forEach((from, first) => {
          for (let last = first; last < admitted.length; last += 1) {
            const seconds = ((admitted[last] ?? 0) - from) / 1000;
            if (last - first + 1 > perSecond * seconds + burst) throw new Error(`${last - first + 1} in ${seconds} s`);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('admit who waited for as long as was said, and not a millisecond before', () => {
    fc.assert(
      fc.property(limits, gaps, ({ perSecond, burst }, pauses) => {
        const buckets = createBuckets({ perSecond, burst });
        let now = 1_700_000_000_000;
        for (const pause of pauses) {
          now += pause;
          const wait = buckets.waitMs('a', now);
          if (wait > 1) expect(buckets.waitMs('a', now + Math.ceil(wait) - 1)).toBeGreaterThan(0);
          now += Math.ceil(wait);
          expect(buckets.waitMs('a', now)).toBe(0);
          buckets.take('a', now);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lose nothing in the long run: whoever asks all the time gets the whole rate', () => {
    const buckets = createBuckets({ perSecond: 300, burst: 10 });
    let admitted = 0;
    for (let now = 0; now <= 10_000; now += 1) while (ask(buckets, 'a', now)) admitted += 1;
    expect(admitted).toBe(3010);
  });

  it('keep names apart: the flood of one takes nothing from another', () => {
    const buckets = createBuckets({ perSecond: 1, burst: 3 });
    for (let turn = 0; turn < 1000; turn += 1) ask(buckets, 'flood', 0);
    expect([1, 2, 3, 4].map(() => ask(buckets, 'quiet', 0))).toEqual([true, true, true, false]);
  });

  it('hold a bounded number of names; further ones share a bucket until others are full again', () => {
    const buckets = createBuckets({ perSecond: 1, burst: 2, names: 10 });
    const admitted = (names: readonly string[], now: number) => names.filter((name) => ask(buckets, name, now)).length;
    const names = (prefix: string, many: number) => Array.from({ length: many }, (_, index) => `${prefix}${index}`);
    expect(admitted(names('a', 10), 0)).toBe(10);
    // No room for a name of their own: a thousand names get the burst of one.
    expect(admitted(names('b', 1000), 0)).toBe(2);
    // The first ones are full again after a second and are forgotten. Ten of the new ones have their own, as full as the shared one.
    expect(admitted(names('c', 1000), 1000)).toBe(10 + 1);
    expect(admitted(names('c', 10), 1000)).toBe(0);
    expect(admitted(names('c', 10), 2000)).toBe(10);
  });

  it('lock nobody out when the clock goes back', () => {
    const buckets = createBuckets({ perSecond: 1, burst: 2 });
    const later = 1_700_000_000_000;
    while (ask(buckets, 'a', later));
    const before = later - 10 * 365 * 86_400_000;
    expect(buckets.waitMs('a', before)).toBe(1000);
    expect(ask(buckets, 'a', before + 1000)).toBe(false);
  });
});
