/** More than a control plane has nodes, with some left for those that come back before their last poll has ended. */
export const MOST_OPEN_POLLS = 8;

/** The place of one waiting poll. */
export interface PollPlace extends Disposable {
  /** Aborted when newer polls of the same caller need the place. */
  readonly signal: AbortSignal;
}

/** The waiting polls of one operation, by caller. */
export interface OpenPolls {
  /** Takes a place; the oldest poll of a caller that has too many ends. */
  enter(caller: string): PollPlace;
}

export function createOpenPolls(): OpenPolls {
  const places = new Map<string, Set<AbortController>>();
  return {
    enter(caller) {
      const own = places.get(caller) ?? new Set();
      places.set(caller, own);
      const place = new AbortController();
      own.add(place);
      const [oldest] = own;
      if (own.size > MOST_OPEN_POLLS && oldest) {
        own.delete(oldest);
        oldest.abort();
      }
      return {
        signal: place.signal,
        [Symbol.dispose]() {
          own.delete(place);
          if (own.size === 0 && places.get(caller) === own) places.delete(caller);
        },
      };
    },
  };
}
